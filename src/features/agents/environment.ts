/**
 * What an agent gets of the daemon's environment: what programs need to work, and what Claude Code itself reads.
 * Everything else stays here, our token and the tokens of chat platforms first of all. Pure.
 */

type Environment = Readonly<Record<string, string | undefined>>

const plain = new Set(
  [
    "PATH HOME USER LOGNAME SHELL TERM COLORTERM TMPDIR TZ LANG LANGUAGE EDITOR",
    "SSH_AUTH_SOCK GIT_SSH_COMMAND __CF_USER_TEXT_ENCODING",
    "HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy",
    "NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR",
  ].flatMap((names) => names.split(" ")),
)

const families = /^(LC_|XDG_|CLAUDE_|ANTHROPIC_|MISE_|NVM_|VOLTA_|BUN_INSTALL$)/

/** Claude Code refuses to start inside of a session of its own, which it knows by these. */
const sessionMarks = /^(CLAUDECODE|CLAUDE_CODE_ENTRYPOINT|CLAUDE_CODE_SSE_PORT|CLAUDE_PLUGIN_ROOT)$/

export interface EnvironmentOptions {
  /** Names that the configuration adds. */
  readonly more: readonly string[]
  /** Values that are handed on under no name. */
  readonly secrets: readonly string[]
}

export function agentEnvironment(
  env: Environment,
  { more, secrets }: EnvironmentOptions,
): Record<string, string> {
  const wanted = (name: string) =>
    more.includes(name) || ((plain.has(name) || families.test(name)) && !sessionMarks.test(name))
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && wanted(name) && !secrets.includes(value) ? [[name, value]] : [],
  )
  return Object.fromEntries(entries)
}
