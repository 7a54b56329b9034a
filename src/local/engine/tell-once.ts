/** What is tried again and again, as while a disk is full, is told when it begins to fail and not each time. */

export interface TellOnce {
  readonly failed: (error: unknown) => void
  readonly worked: () => void
}

export function createTellOnce(tell: (error: unknown) => void): TellOnce {
  let isFailing = false
  return {
    failed: (error) => {
      if (!isFailing) tell(error)
      isFailing = true
    },
    worked: () => {
      isFailing = false
    },
  }
}
