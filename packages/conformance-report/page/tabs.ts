import { element } from './element.ts'
import type { EvidenceView } from './evidence-views.ts'

export interface TabsOptions {
  /** Which is chosen at first; the first one where it is not there. */
  readonly chosen?: string | undefined
  /** Told when a person chooses another. */
  readonly choose: (name: string) => void
}

/** Views as tabs: one is seen, and is made when it is first chosen. */
export function tabs(views: readonly EvidenceView[], options: TabsOptions): HTMLElement {
  const panel = element('div', { role: 'tabpanel', id: 'evidence', class: 'evidence' })
  const copy = copyButton()
  const buttons = views.map(({ name, title }) =>
    element(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'evidence' },
      [title],
    ),
  )
  const show = (at: number): void => {
    const view = views[at]
    if (view === undefined) return
    for (const [other, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(other === at))
      button.tabIndex = other === at ? 0 : -1
    }
    panel.setAttribute('aria-labelledby', `tab-${view.name}`)
    panel.replaceChildren(view.build())
    copy.offer(view.text)
  }
  for (const [at, button] of buttons.entries()) {
    button.addEventListener('click', () => {
      show(at)
      options.choose(views[at]?.name ?? '')
    })
    button.addEventListener('keydown', ({ key }) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0
      const next = buttons[(at + step + buttons.length) % buttons.length]
      if (step === 0 || next === undefined) return
      next.focus()
      next.click()
    })
  }
  show(
    Math.max(
      0,
      views.findIndex(({ name }) => name === options.chosen),
    ),
  )
  return element('div', { class: 'tabs' }, [
    element('div', { class: 'tab-bar' }, [
      element('div', { role: 'tablist', 'aria-label': 'Evidence' }, buttons),
      copy.button,
    ]),
    panel,
  ])
}

interface CopyButton {
  readonly button: HTMLButtonElement
  offer(text: string): void
}

function copyButton(): CopyButton {
  const button = element('button', { type: 'button', class: 'plain copy' }, ['Copy'])
  let offered = ''
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(offered).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed'),
    )
  })
  const offer = (text: string): void => {
    offered = text
    button.textContent = 'Copy'
    // Absent where the page comes over plain HTTP.
    button.hidden = text === '' || !('clipboard' in navigator)
  }
  return { button, offer }
}
