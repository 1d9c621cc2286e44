/**
 * xterm writes <style> elements and style attributes, which the page's policy refuses (`style-src 'self'`). The policy
 * stays as it is: what xterm writes is handed to the page's style sheets by script, which no policy is about. Its elements
 * come from `document.createElement`, and there they are given what does the same without markup.
 */

/** Returns the document for xterm's `documentOverride`: elements made of it take styles in spite of the policy. */
export function styledDocument(page: Document): Document {
  return new Proxy(page, {
    get(target, name) {
      if (name === 'createElement') return (tag: string) => createStyled(target, tag)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** Runs xterm's `open`, one part of which (Viewport) takes the page's own document whatever it is told. */
export function openWithoutInlineStyles(page: Document, open: () => void): void {
  const own = Object.getOwnPropertyDescriptor(page, 'createElement')
  Object.defineProperty(page, 'createElement', {
    configurable: true,
    value: (tag: string) => createStyled(page, tag),
  })
  try {
    open()
  } finally {
    if (own === undefined) Reflect.deleteProperty(page, 'createElement')
    else Object.defineProperty(page, 'createElement', own)
  }
}

function createStyled(page: Document, tag: string): HTMLElement {
  const create = (name: string): HTMLElement => Document.prototype.createElement.call(page, name)
  if (tag === 'style') return standInForStyle(page, create('template'))
  const element = create(tag)
  if (tag === 'span') element.setAttribute = setStyledAttribute
  return element
}

/** The rules of xterm name the terminal that they are for, so they may stand for the whole page. */
function standInForStyle(page: Document, element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet()
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet]
  Object.defineProperty(element, 'textContent', {
    get: () => '',
    set(rules: string) {
      sheet.replaceSync(rules)
    },
  })
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((each) => each !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}

function setStyledAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value
  else Element.prototype.setAttribute.call(this, name, value)
}
