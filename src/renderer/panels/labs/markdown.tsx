import { lexer, type Token, type Tokens } from 'marked'
import { Fragment, type ReactNode, useMemo } from 'react'
import { CommandBlock } from './command-block.tsx'

/**
 * Markdown of a lab's page as React elements. Nothing of it is ever HTML: what CommonMark would take for HTML is shown as the
 * text that it is, and a link is its text with the address beside it.
 */
export function Markdown({ text, onRun }: { readonly text: string; readonly onRun?: RunCommand }): ReactNode {
  const tokens = useMemo(() => lexer(text), [text])
  return <>{renderBlocks(tokens, onRun)}</>
}

/** Does a command of the page. */
export type RunCommand = (command: string) => void

/** Of no use twice: tokens have no names, and a page does not change its order. */
function each(tokens: readonly Token[], render: (token: Token) => ReactNode): ReactNode {
  return tokens.map((token, index) => {
    // oxlint-disable-next-line react/no-array-index-key -- what stands at a place of a page stays there
    return <Fragment key={index}>{render(token)}</Fragment>
  })
}

function renderBlocks(tokens: readonly Token[], onRun: RunCommand | undefined): ReactNode {
  return each(tokens, (token) => renderBlock(token, onRun))
}

function renderBlock(token: Token, onRun: RunCommand | undefined): ReactNode {
  switch (token.type) {
    case 'space':
      return null
    case 'heading':
      return <h4 className="md-heading">{renderInline(token.tokens)}</h4>
    case 'paragraph':
      return <p>{renderInline(token.tokens)}</p>
    case 'text':
      return token.tokens === undefined ? token.text : renderInline(token.tokens)
    case 'list':
      return renderList(token as Tokens.List, onRun)
    case 'blockquote':
      return <blockquote>{renderBlocks(token.tokens ?? [], onRun)}</blockquote>
    case 'code': {
      const { text, lang } = token as Tokens.Code
      return <CommandBlock text={text} info={lang ?? ''} {...(onRun === undefined ? {} : { onRun })} />
    }
    default:
      return <p>{token.raw}</p>
  }
}

function renderList({ ordered, items }: Tokens.List, onRun: RunCommand | undefined): ReactNode {
  const rows = each(items, (item) => <li>{renderBlocks((item as Tokens.ListItem).tokens, onRun)}</li>)
  return ordered ? <ol>{rows}</ol> : <ul>{rows}</ul>
}

function renderInline(tokens: readonly Token[] | undefined): ReactNode {
  return each(tokens ?? [], renderSpan)
}

function renderSpan(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{renderInline(token.tokens)}</strong>
    case 'em':
      return <em>{renderInline(token.tokens)}</em>
    case 'codespan':
      return <code className="mono">{token.text}</code>
    case 'br':
      return <br />
    case 'text':
      return unescapeText((token as Tokens.Text).text)
    case 'escape':
      return (token as Tokens.Escape).text
    case 'link': {
      const { href, tokens } = token as Tokens.Link
      return (
        <>
          {renderInline(tokens)} ({href})
        </>
      )
    }
    default:
      return token.raw
  }
}

/** The lexer leaves text as it is written; the page writes a few characters as entities at most. */
function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
