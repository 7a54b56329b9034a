/** Demo stories of small teams that no orchestration claims: somebody asked for a few hands. */
import type { StoryTask } from "./story.ts"

export interface AdHocStory {
  readonly description: string
  readonly members: readonly [string, ...string[]]
  readonly tasks: readonly StoryTask[]
}

export const adHocStories: readonly [AdHocStory, ...AdHocStory[]] = [
  {
    description: "Find out why the checkout test fails every third run",
    members: ["log-reader", "bisector"],
    tasks: [
      {
        subject: "Collect the last 30 failures of checkout.spec",
        activeForm: "Collecting failures",
        description: "Download the traces from CI and group them by the step that failed.",
      },
      {
        subject: "Reproduce it with the network throttled",
        activeForm: "Reproducing the failure",
        description:
          "Run the spec 50 times with `--slow-mo 0` and a 3G profile; note the seed of each failure.",
      },
      {
        subject: "Explain the race and propose the smallest fix",
        activeForm: "Explaining the race",
        description: "One paragraph and a diff. **Do not** raise the timeout.",
        after: [0, 1],
      },
    ],
  },
  {
    description: "Upgrade the image library and look at every thumbnail",
    members: ["upgrader", "pixel-checker"],
    tasks: [
      {
        subject: "Upgrade to the current major version",
        activeForm: "Upgrading the library",
        description:
          "Read the migration notes first; `resize()` now keeps the colour profile by default.",
      },
      {
        subject: "Compare 500 thumbnails before and after",
        activeForm: "Comparing thumbnails",
        description:
          "Report every pair with a difference above 2 %, with both images side by side.",
        after: [0],
      },
    ],
  },
]
