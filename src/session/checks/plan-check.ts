/** Whether a plan can be carried out: a title, and tasks with numbers of their own and known models. Pure. */

const heading = /^#{1,6}\s+(.*)$/
const taskHeading = /^Task\s+(\d+)\b\s*[:.)-]?\s*(.*)$/i
const modelLine = /^\s*(?:[-*]\s+)?\*{0,2}Model\*{0,2}\s*:\*{0,2}\s*`?([\w.-]+)`?/i
const models = /^(opus|sonnet|haiku|codex|(claude|gpt|o1|o3|o4)-.+)$/i

/** What is wrong with the plan, one sentence each; empty when nothing is. */
export function planProblems(markdown: string): readonly string[] {
  const lines = withoutFences(markdown.split(/\r?\n/))
  const headings = lines.flatMap((line) => heading.exec(line)?.[1]?.trim() ?? [])
  const tasks = headings.flatMap((title) => {
    const task = taskHeading.exec(title)
    return task === null ? [] : [{ number: Number(task[1]), title: task[2] ?? "" }]
  })
  return [
    ...(headings.length === 0 ? ["it has no title"] : []),
    ...(tasks.length === 0 ? ['it has no tasks (headings such as "### Task 1: ...")'] : []),
    ...repeated(tasks.map(({ number }) => number)).map((number) => `task ${number} is there twice`),
    ...tasks
      .filter(({ title }) => title === "")
      .map(({ number }) => `task ${number} has no subject`),
    ...lines.flatMap((line) => modelProblem(line) ?? []),
  ]
}

function modelProblem(line: string): string | undefined {
  const model = modelLine.exec(line)?.[1]
  return model === undefined || models.test(model) ? undefined : `there is no model ${model}`
}

/** What is in a code block is an example, not the plan. */
function withoutFences(lines: readonly string[]): readonly string[] {
  let inside = false
  return lines.filter((line) => {
    const isFence = /^\s*(```|~~~)/.test(line)
    if (isFence) inside = !inside
    return !isFence && !inside
  })
}

function repeated(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))]
}
