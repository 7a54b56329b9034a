/** Demo story: a search index that is rebuilt without taking the search down. */
import type { Story } from "./story.ts"

export const searchIndex: Story = {
  feature: "zero-downtime-reindex",
  title: "Rebuild the search index without an outage",
  phases: [
    {
      title: "Two indexes behind one alias",
      gitRange: "83ac5d0..b19f3e2",
      tasks: [
        {
          subject: "Read through an alias instead of an index name",
          activeForm: "Switching reads to the alias",
          description: `Every query names \`articles\`, which becomes an alias of \`articles-v7\`. Grep for the literal index
name in the three services and in the cron jobs; the lint rule of the next task keeps it that way.`,
        },
        {
          subject: "Forbid literal index names",
          activeForm: "Adding the lint rule",
          description: `Custom rule with a message that says what to use: *take the name from \`search.alias()\`*.`,
          after: [0],
        },
        {
          subject: "Write to both indexes while a rebuild runs",
          activeForm: "Doubling the writes",
          description: `The writer asks \`rebuildState()\` (cached for 2 s) and writes to the new index as well. A failure of the
second write must not fail the first: put the id into \`reindex_missed\` instead.`,
          after: [0],
        },
        {
          subject: "Keep the mapping in a file that both sides read",
          activeForm: "Extracting the mapping",
          description: `\`search/mapping.json\` is the only source; the test compares it with the live mapping of staging and
prints the difference.`,
        },
      ],
    },
    {
      title: "The rebuild job",
      gitRange: "b19f3e2..4e8d61c",
      tasks: [
        {
          subject: "Walk the articles in id order, resumable",
          activeForm: "Walking the articles",
          description: `Batches of 1,000 by \`id > last\`. The last id is stored after each batch, so a killed job goes on where
it was. 12 million rows at 4,000 per second is 50 minutes: print the estimate.`,
        },
        {
          subject: "Slow down when the cluster is busy",
          activeForm: "Throttling the rebuild",
          description: `Watch the p95 of live queries. Above 150 ms halve the batch rate, below 80 ms raise it by a tenth.
Simulate in a unit test with a fake cluster; it must settle, not swing.`,
          after: [0],
        },
        {
          subject: "Replay what the double writes missed",
          activeForm: "Replaying missed writes",
          description: `Drain \`reindex_missed\` after the walk until it is empty twice in a row, newest version wins.`,
          after: [0],
        },
        {
          subject: "Compare both indexes before the switch",
          activeForm: "Comparing the indexes",
          description: `Counts per day, 10,000 random documents field by field, and the top 500 queries of last week:
at least 95 % of the first ten hits must be the same. Otherwise the job stops and says why.`,
          after: [2],
        },
        {
          subject: "Remove the nightly full export",
          activeForm: "Removing the nightly export",
          description: `Nobody has read it since the data team moved to the event stream. Ask them once more before deleting.`,
        },
      ],
    },
    {
      title: "Switch and back",
      gitRange: "4e8d61c..f60b792",
      tasks: [
        {
          subject: "Move the alias in one request",
          activeForm: "Moving the alias",
          description: `Remove and add in the same \`_aliases\` call: there is no moment without an index. Test with a client
that searches in a tight loop during the move and expects no error.`,
        },
        {
          subject: "One command to go back",
          activeForm: "Adding the way back",
          description: `\`search-admin switch --to previous\`. The old index is kept for seven days and still gets the double
writes, so going back loses nothing.`,
          after: [0],
        },
        {
          subject: "Alarm when alias and mapping disagree",
          activeForm: "Adding the alarm",
          description: `A check every five minutes compares the version in the mapping's \`_meta\` with the one that the code
was built for. Page only if it lasts for more than ten minutes.`,
        },
      ],
    },
  ],
  remediation: {
    title: "Double-write fixes",
    gitRange: "b19f3e2..5d7c0aa",
    issues: [
      "Deletes are not written to the new index, so removed articles come back after the switch",
      "The lint rule does not see index names inside template literals",
    ],
    tasks: [
      {
        subject: "Write deletes to both indexes",
        activeForm: "Doubling the deletes",
        description: `\`removeArticle()\` went straight to the client. Route it through the writer and add the case to the
contract test: create, delete, rebuild, switch, search: nothing is found.`,
      },
      {
        subject: "Find index names in template literals",
        activeForm: "Widening the lint rule",
        description: `Visit \`TemplateElement\` too, and add the four forms that the review listed as test cases.`,
      },
    ],
  },
}
