/** Demo story: a mobile editor that keeps drafts without a network. */
import type { Story } from "./story.ts"

export const offlineDrafts: Story = {
  feature: "offline-drafts",
  title: "Drafts that survive a dead battery and a tunnel",
  phases: [
    {
      title: "Local storage",
      gitRange: "1b7d9e4..60fa2c3",
      tasks: [
        {
          subject: "Create the drafts table and its migration",
          activeForm: "Creating the drafts table",
          description: `\`drafts(id TEXT PRIMARY KEY, document_id, body, base_version, edited_at, state)\`

- \`state\` is one of \`editing\`, \`queued\`, \`conflict\`
- index on \`(state, edited_at)\` for the sender
- the migration must run on a 200 MB database in under a second`,
        },
        {
          subject: "Save while typing without blocking the editor",
          activeForm: "Saving while typing",
          description: `Write at most every 500 ms, and once more when the app goes to the background. The write happens
on the database queue; typing must never wait for it. Check with the main-thread watchdog at 16 ms.`,
          after: [0],
        },
        {
          subject: "Restore the draft and the cursor after a crash",
          activeForm: "Restoring drafts after a crash",
          description: `Kill the app in the middle of a word in the UI test, start it again, expect the text **and** the
selection. Ask before throwing away a draft that is older than the server's version.`,
          after: [1],
        },
        {
          subject: "Encrypt bodies with the device key",
          activeForm: "Encrypting draft bodies",
          description: `Keys live in the keychain, accessible after first unlock. A draft that cannot be decrypted is
reported and kept, never deleted.`,
          after: [0],
        },
      ],
    },
    {
      title: "Sending",
      gitRange: "60fa2c3..d2940bb",
      tasks: [
        {
          subject: "Queue finished drafts in order per document",
          activeForm: "Queueing drafts",
          description: `Two drafts of one document go out one after the other; drafts of different documents may overlap,
three at a time. The queue is the table: no second list in memory.`,
        },
        {
          subject: "Retry with backoff and respect metered networks",
          activeForm: "Retrying politely",
          description: `1 s, 2 s, 4 s ... up to 5 min, with jitter. On a metered network only text is sent; images wait for
Wi-Fi unless the person taps *Send now*.`,
          after: [0],
        },
        {
          subject: "Make the upload endpoint idempotent",
          activeForm: "Making uploads idempotent",
          description: `The client sends \`Idempotency-Key: <draft id>\`. The server keeps keys for 14 days and answers a
repeat with the first response, byte for byte.

Test: cut the connection after the request body, 100 times; exactly one version is created.`,
        },
        {
          subject: "Show the sending state in the document list",
          activeForm: "Showing the sending state",
          description: `A small cloud: waiting, sending, done (fades after two seconds), problem. VoiceOver reads the state
after the title.`,
          after: [1],
        },
      ],
    },
    {
      title: "Conflicts",
      gitRange: "d2940bb..0c6e8f5",
      tasks: [
        {
          subject: "Merge paragraphs that only one side changed",
          activeForm: "Merging paragraphs",
          description: `Three-way merge by paragraph against \`base_version\`. Pure function, property test: merging with an
unchanged side gives the other side, and the order of the sides does not matter.`,
        },
        {
          subject: "Let the person choose where both sides changed",
          activeForm: "Building the conflict view",
          description: `Both versions side by side, changed words marked. *Keep mine*, *Keep theirs*, *Keep both*. Nothing is
lost: the version that was not chosen goes to the history.`,
          after: [0],
        },
        {
          subject: "Measure how often conflicts happen",
          activeForm: "Measuring conflicts",
          description: `Count merges by outcome: automatic, chosen, abandoned. No content, no document ids.`,
        },
        {
          subject: "Test two devices over a bad network for an hour",
          activeForm: "Testing two devices",
          description: `Use the proxy with 20 % loss and 3 s latency. At the end both devices and the server have the same
text, and every paragraph that was typed is in the document or in its history.`,
          after: [0, 1],
        },
      ],
    },
  ],
  remediation: {
    title: "Storage fixes",
    gitRange: "60fa2c3..7715a9e",
    issues: [
      "A full disk loses the last 500 ms of typing without a word to the person",
      "Drafts of a signed-out account stay readable on a shared device",
    ],
    tasks: [
      {
        subject: "Warn when a draft cannot be written",
        activeForm: "Adding the disk-full warning",
        description: `Keep the text in memory, show the banner *Not saved: storage is full*, and try again after every
change. UI test with a 1 MB disk image.`,
      },
      {
        subject: "Lock drafts when their account signs out",
        activeForm: "Locking drafts at sign-out",
        description: `Drop the account's key from memory and the keychain; the rows stay and open again after the same
person signs in.`,
      },
    ],
  },
}
