/**
 * xterm makes <style> elements when it is opened, which the page's policy refuses (`style-src 'self'`). Rather than letting
 * anybody write style sheets into the page, `document.createElement` gives it stand-ins for that moment: what it writes into
 * them becomes a style sheet by script, which the policy is not about.
 */

/** Runs xterm's `open`. Its option `documentOverride` would not do: parts of it take the page's own document all the same. */
export function openWithoutStyleElements(page: Document, open: () => void): void {
  Object.defineProperty(page, 'createElement', {
    configurable: true,
    value: (tag: string) => {
      const create = (name: string) => Document.prototype.createElement.call(page, name)
      return tag === 'style' ? standInForStyle(page, create('template')) : create(tag)
    },
  })
  try {
    open()
  } finally {
    // What the page inherits is there again.
    Reflect.deleteProperty(page, 'createElement')
  }
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
