/**
 * Which team each task directory belongs to. A team has one task directory: the one that it was registered
 * with, else the one that has its own directory's name, else the one named by its lead session. Pure. A
 * directory that several teams could claim belongs to none, because task ids of two teams must never mix.
 */

export interface TaskOwner {
  readonly dir: string
  readonly registeredDir?: string | undefined
  readonly leadSessionId?: string | undefined
  /** A team whose directory is gone claims only what no present team does. */
  readonly ended: boolean
}

export interface Attribution {
  /** Task directory name to team directory name. */
  readonly teamByTaskDir: ReadonlyMap<string, string>
  /** Task directories that several teams claim, with the claimants. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>
}

type Claim = (owner: TaskOwner) => string | undefined

const claimsInOrder: readonly Claim[] = [
  (owner) => owner.registeredDir,
  (owner) => owner.dir,
  (owner) => owner.leadSessionId,
]

export function attributeTaskDirs(
  taskDirs: ReadonlySet<string>,
  owners: readonly TaskOwner[],
): Attribution {
  const teamByTaskDir = new Map<string, string>()
  const ambiguous = new Map<string, readonly string[]>()
  const free = (name: string) =>
    taskDirs.has(name) && !teamByTaskDir.has(name) && !ambiguous.has(name)
  let waiting = owners
  for (const claim of claimsInOrder) {
    for (const [taskDir, claimants] of claimantsByDir(waiting, claim, free)) {
      const [only] = claimants
      if (only !== undefined && claimants.length === 1) teamByTaskDir.set(taskDir, only.dir)
      else ambiguous.set(taskDir, claimants.map(({ dir }) => dir).toSorted())
    }
    const settled = new Set(teamByTaskDir.values())
    waiting = waiting.filter(({ dir }) => !settled.has(dir))
  }
  // Teams that have a directory each may still have written into one that is named by what they share.
  const present = owners.filter(({ ended }) => !ended)
  for (const [taskDir, sharers] of claimantsByDir(present, (owner) => owner.leadSessionId, free)) {
    const dirs = sharers.map(({ dir }) => dir)
    if (dirs.length > 1) ambiguous.set(taskDir, dirs)
  }
  return { teamByTaskDir, ambiguous }
}

function claimantsByDir(
  owners: readonly TaskOwner[],
  claim: Claim,
  free: (name: string) => boolean,
): Map<string, readonly TaskOwner[]> {
  const wanting = owners.filter((owner) => {
    const name = claim(owner)
    return name !== undefined && free(name)
  })
  const byDir = Map.groupBy(wanting, (owner) => claim(owner) ?? "")
  return new Map([...byDir].map(([dir, all]) => [dir, presentFirst(all)]))
}

function presentFirst(owners: readonly TaskOwner[]): readonly TaskOwner[] {
  const present = owners.filter(({ ended }) => !ended)
  return present.length > 0 ? present : owners
}
