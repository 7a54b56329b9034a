/** Demo story: limits on how often a client may call a public API. */
import type { Story } from "./story.ts"

export const rateLimits: Story = {
  feature: "api-rate-limits",
  title: "Rate limits for the public API",
  phases: [
    {
      title: "Token buckets",
      gitRange: "4f1c2ab..9d03e77",
      tasks: [
        {
          subject: "Write the token bucket as a pure function",
          activeForm: "Writing the token bucket",
          description: `Add \`src/limits/bucket.ts\`:

- \`take(bucket, cost, now)\` returns \`{ allowed, bucket, retryAfterMs }\`
- refill is computed from the time that passed, never by a timer
- a clock that goes backwards must not hand out tokens

Property test: over any sequence of calls, no window of one second admits more than \`burst + rate\`.`,
        },
        {
          subject: "Store buckets in Redis with one round trip",
          activeForm: "Storing buckets in Redis",
          description: `A read followed by a write lets two requests spend the same token. Do both in a Lua script.

1. Load the script once per connection (\`SCRIPT LOAD\`), fall back on \`NOSCRIPT\`
2. Keys expire after \`burst / rate\` seconds: an idle client costs nothing
3. Integration test with 50 concurrent callers against a real Redis`,
          after: [0],
        },
        {
          subject: "Decide what happens when Redis is away",
          activeForm: "Handling an unreachable Redis",
          description: `**Fail open**, and say so once a minute in the log.

The check has a budget of 20 ms; after that the request goes through and
\`limits_unchecked_total\` is counted. Test by pausing the Redis container mid-run.`,
          after: [1],
        },
        {
          subject: "Name the limits per plan in the configuration",
          activeForm: "Adding limits to the configuration",
          description: `\`\`\`toml
[limits.free]
rate = 5      # requests per second
burst = 20

[limits.team]
rate = 50
burst = 200
\`\`\`

Unknown plans are a start-up error that lists the known ones.`,
        },
      ],
    },
    {
      title: "Middleware and headers",
      gitRange: "9d03e77..c51ba08",
      tasks: [
        {
          subject: "Add the middleware to every public route",
          activeForm: "Adding the middleware",
          description: `Order matters: after authentication (we need the client id), before body parsing (a refused
request must stay cheap). Health and webhook routes are exempt; list them in one place.`,
        },
        {
          subject: "Send RateLimit headers and 429 with Retry-After",
          activeForm: "Sending RateLimit headers",
          description: `Every answer carries \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\`.
A refused one is \`429\` with \`Retry-After\` in whole seconds, rounded **up**, and our usual problem JSON.`,
          after: [0],
        },
        {
          subject: "Count by API key, and by address for anonymous calls",
          activeForm: "Choosing the key to count by",
          description: `Behind the load balancer the peer address is always ours. Take the right-most address of
\`X-Forwarded-For\` that is not in \`trusted_proxies\`; IPv6 clients are counted per /64.`,
        },
        {
          subject: "Teach the JavaScript client to wait",
          activeForm: "Teaching the client to wait",
          description: `On 429 the client waits for \`Retry-After\` plus up to 20 % of jitter, at most three times.
Callers can switch it off with \`{ retry: false }\`.`,
          after: [1],
        },
        {
          subject: "Load test: the middleware costs under 1 ms at p99",
          activeForm: "Measuring the middleware",
          description: `Compare main and this branch with k6, 500 requests per second for two minutes on the staging box.
Put the two histograms into \`docs/plans/api-rate-limits-load.md\`.`,
          after: [0, 2],
        },
      ],
    },
    {
      title: "Operations",
      gitRange: "c51ba08..e7724d1",
      tasks: [
        {
          subject: "Show refused calls per client on the dashboard",
          activeForm: "Building the dashboard panel",
          description: `Top ten clients by refusals in the last hour, with their plan and limit. One query, no join on the
hot table: read from the five-minute rollup.`,
        },
        {
          subject: "Let support lift a limit for a day",
          activeForm: "Adding temporary overrides",
          description: `\`POST /admin/limits/overrides\` with client, rate, burst and \`until\` (at most 24 h ahead).
Every override is written to the audit log with the name of who did it.`,
        },
        {
          subject: "Write the runbook",
          activeForm: "Writing the runbook",
          description: `Three symptoms, each with the graph to look at and the command to run:

- a customer reports 429s
- Redis latency alarm
- \`limits_unchecked_total\` rises`,
          after: [0, 1],
        },
      ],
    },
  ],
  remediation: {
    title: "Bucket fixes",
    gitRange: "9d03e77..a8b3f10",
    issues: [
      "A cost larger than the burst waits for ever instead of being refused",
      "The Lua script uses the clock of the caller; two servers disagree by up to 300 ms",
    ],
    tasks: [
      {
        subject: "Refuse a cost that no bucket can hold",
        activeForm: "Refusing impossible costs",
        description: `\`take()\` returns a \`retryAfterMs\` that never helps when \`cost > burst\`. Return
\`{ allowed: false, reason: "too_large" }\` and answer 413, not 429.`,
      },
      {
        subject: "Take the time from Redis inside the script",
        activeForm: "Moving the clock into Redis",
        description: `Use \`redis.call("TIME")\`. The unit test with a fake clock moves to the pure function; the
integration test runs two callers whose clocks differ by a second.`,
      },
    ],
  },
}
