import type { PageIndex } from '../src/html/page-index.ts'
import type { ShownCase } from './case-model.ts'
import { caseEvidence, caseHead, type Surroundings } from './case-panel.ts'
import { element } from './element.ts'
import { readParts } from './packed-data.ts'

export interface CaseDialog {
  readonly isOpen: boolean
  /** Shows a case; reads its evidence and adds it. */
  open(one: ShownCase, around: Surroundings): Promise<void>
  close(): void
}

export interface CaseDialogOptions {
  /** A person wants it closed. */
  readonly leave: () => void
  /** A person wants the one before (-1) or after (1). */
  readonly step: (by: -1 | 1) => void
}

/** The panel at the side in which one case is open. */
export function caseDialog(index: PageIndex, { leave, step }: CaseDialogOptions): CaseDialog {
  const content = element('div', { class: 'content', tabindex: -1, autofocus: true })
  const dialog = element('dialog', { class: 'case-panel', 'aria-labelledby': 'case-title' }, [
    element('div', { class: 'panel-bar' }, [
      button('‹', 'Previous case', () => step(-1)),
      button('›', 'Next case', () => step(1)),
      button('Close', 'Close', leave),
    ]),
    content,
  ])
  document.body.append(dialog)
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    leave()
  })
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) leave()
  })
  dialog.addEventListener('keydown', ({ key, target }) => {
    if (target instanceof HTMLElement && target.getAttribute('role') === 'tab') return
    if (key === 'j') step(1)
    if (key === 'k') step(-1)
  })
  // Kept from case to case: who compares command lines stays with command lines.
  const choice: { chosen?: string } = {}
  let shown: ShownCase | undefined
  return {
    get isOpen() {
      return dialog.open
    },
    async open(one, around) {
      if (shown === one && dialog.open) return
      shown = one
      const head = caseHead(one, around)
      content.replaceChildren(...head)
      if (!dialog.open) dialog.showModal()
      dialog.scrollTop = 0
      const evidence = await readParts(one.parts, index).then(
        (parts) => caseEvidence(one, parts, choice),
        (error: unknown) => [
          element('p', { class: 'rest' }, [`The evidence cannot be read: ${String(error)}`]),
        ],
      )
      if (shown === one) content.replaceChildren(...head, ...evidence)
    },
    close() {
      shown = undefined
      dialog.close()
    },
  }
}

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', 'aria-label': label, title: label }, [text])
  made.addEventListener('click', press)
  return made
}
