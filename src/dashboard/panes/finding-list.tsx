/** What is wrong on machines: each thing with its reason and the command that helps. */
import { CopyButton } from "../parts/copy-button.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { Ago } from "../parts/time-text.tsx"
import type { Finding } from "../view/node-reports.ts"
import { plainText } from "../view/plain-text.ts"

interface Props {
  readonly findings: readonly Finding[]
  /** Where several machines are in one list. */
  readonly withNode?: boolean
}

export function FindingList({ findings, withNode = false }: Props) {
  return (
    <ul className="need-list">
      {findings.map((finding) => (
        <li key={finding.key} className="need-card finding tone-edge-waiting">
          <StatusMark
            look={{ tone: "waiting", label: finding.kind === "problem" ? "problem" : "not linked" }}
          />
          <span className="need-title" title={finding.title}>
            {plainText(finding.title)}
          </span>
          <span className="finding-body">
            <span className="finding-reason">{plainText(finding.reason)}</span>
            {finding.hint === undefined ? null : (
              <span className="finding-hint">
                <code>{plainText(finding.hint)}</code>
                <CopyButton text={finding.hint} what="the command" />
              </span>
            )}
          </span>
          <span className="faint need-where">
            {withNode ? finding.node.name : <Since finding={finding} />}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Since({ finding: { since } }: { readonly finding: Finding }) {
  return since === undefined ? null : <Ago at={since} />
}
