/**
 * Text that somebody else wrote, as Markdown. A parser makes tokens of it and this file makes React
 * elements of those: no HTML is ever made from text, so what looks like a tag is shown as it was written.
 * Pictures become links, and a link leads to the web or to mail or nowhere.
 */
import type { MarkedToken, Token, Tokens } from "marked"
import { Fragment, type ReactNode, useMemo, useState } from "react"
import { longestParsed, parseMarkdown } from "../view/markdown-tokens.ts"
import { plainText } from "../view/plain-text.ts"
import { safeHref } from "../view/link.ts"

const longestShown = 100_000

export function Markdown({ text }: { readonly text: string }) {
  const [shown, setShown] = useState(longestParsed)
  const head = plainText(text.slice(0, shown))
  const tokens = useMemo(() => parseMarkdown(head), [head])
  const rest = text.length - head.length
  return (
    <div className="prose" dir="auto">
      {tokens === undefined ? <pre className="plain">{head}</pre> : blocks(tokens)}
      {rest <= 0 ? null : (
        <p className="more">
          <button type="button" onClick={() => setShown(shown + longestShown)}>
            Show more
          </button>
          <span className="faint num">{rest.toLocaleString("en-GB")} more characters</span>
        </p>
      )}
    </div>
  )
}

function blocks(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>)
}

function block(token: Token): ReactNode {
  if (!isStandard(token)) return token.raw
  switch (token.type) {
    case "space":
    case "def":
      return null
    case "heading":
      return <Heading token={token} />
    case "code":
      return <pre dir="ltr">{token.text}</pre>
    case "blockquote":
      return <blockquote>{blocks(token.tokens)}</blockquote>
    case "list":
      return <List token={token} />
    case "table":
      return <Table token={token} />
    case "hr":
      return <hr />
    case "paragraph":
      return <p dir="auto">{inlines(token.tokens)}</p>
    default:
      return inline(token)
  }
}

/** All on one level, below the title of the pane: a text may begin with any depth and skip some. */
function Heading({ token }: { readonly token: Tokens.Heading }) {
  return <h3 className={token.depth === 1 ? "is-first" : undefined}>{inlines(token.tokens)}</h3>
}

function List({ token }: { readonly token: Tokens.List }) {
  const items = token.items.map((item, index) => (
    <li key={index} className={item.task ? "task-item" : undefined}>
      {blocks(item.tokens)}
    </li>
  ))
  if (!token.ordered) return <ul>{items}</ul>
  return <ol start={token.start === "" ? 1 : token.start}>{items}</ol>
}

function Table({ token }: { readonly token: Tokens.Table }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="table">
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index}>{inlines(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{inlines(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CheckBox({ isChecked }: { readonly isChecked: boolean }) {
  return (
    <input type="checkbox" checked={isChecked} disabled aria-label={isChecked ? "done" : "open"} />
  )
}

function inlines(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{inline(token)}</Fragment>)
}

function inline(token: Token): ReactNode {
  if (!isStandard(token)) return token.raw
  switch (token.type) {
    case "strong":
      return <strong>{inlines(token.tokens)}</strong>
    case "em":
      return <em>{inlines(token.tokens)}</em>
    case "del":
      return <del>{inlines(token.tokens)}</del>
    case "codespan":
      return <code>{token.text}</code>
    case "checkbox":
      return <CheckBox isChecked={token.checked} />
    case "br":
      return <br />
    case "link":
      return <Link href={token.href}>{inlines(token.tokens)}</Link>
    case "image":
      return <Link href={token.href}>{token.text || "picture"}</Link>
    case "escape":
      return token.text
    case "text":
      return token.tokens === undefined ? token.text : inlines(token.tokens)
    default:
      return token.raw
  }
}

/** Only extensions of the parser make other tokens, and there are none. */
function isStandard(token: Token): token is MarkedToken {
  return token.type !== "" && !("renderer" in token)
}

function Link({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const safe = safeHref(href)
  if (safe === undefined)
    return <span title="This address is not opened from here">{children}</span>
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
