import type { CaseParts } from '../src/html/page-index.ts'
import { visibleText } from '../src/visible-text.ts'
import { argvView } from './argv-view.ts'
import { codeView } from './code-view.ts'
import { element } from './element.ts'
import { jsonForest } from './json-tree.ts'
import { shownText } from './shown-text.ts'

/** One kind of evidence, as a tab shows it. */
export interface EvidenceView {
  readonly name: string
  readonly title: string
  /** What a copy of it is. */
  readonly text: string
  readonly build: () => HTMLElement
}

/** Views of what a case left, in the order it came to be. */
export function evidenceViews(parts: CaseParts): readonly EvidenceView[] {
  const { xml, stored, argv, live, acts, guest, console, screenshots, refusal } = parts
  const remarks = (refusal ?? []).flatMap(({ line, message }) =>
    line === undefined ? [] : [{ line, text: message }],
  )
  const views: (EvidenceView | undefined)[] = [
    xml === undefined
      ? undefined
      : { name: 'xml', title: 'XML', text: xml, build: () => codeView(xml, remarks) },
    stored === undefined
      ? undefined
      : { name: 'stored', title: 'Definition', text: stored, build: () => codeView(stored) },
    argv === undefined
      ? undefined
      : {
          name: 'argv',
          title: 'Command line',
          text: argv.map(quoted).join(' \\\n  '),
          build: () => argvView(argv),
        },
    live === undefined ? undefined : jsonView('live', 'QEMU', live),
    acts === undefined
      ? undefined
      : { name: 'acts', title: 'Acts', text: acts, build: () => consoleView(acts) },
    guest === undefined ? undefined : jsonView('guest', 'Guest', guest),
    console === undefined
      ? undefined
      : { name: 'console', title: 'Console', text: console, build: () => consoleView(console) },
    screenshots === undefined || screenshots.length === 0
      ? undefined
      : { name: 'screenshots', title: 'Screen', text: '', build: () => screenView(screenshots) },
  ]
  return views.filter((view) => view !== undefined)
}

const jsonView = (name: string, title: string, value: unknown): EvidenceView => ({
  name,
  title,
  text: JSON.stringify(value, null, 2),
  build: () => element('div', { class: 'code tree' }, jsonForest(value)),
})

const consoleView = (text: string): HTMLElement =>
  element('pre', { class: 'code console', tabindex: '0' }, [shownText(text)])

function screenView(screenshots: NonNullable<CaseParts['screenshots']>): HTMLElement {
  const figures = screenshots.map(({ title, url }) =>
    element('figure', {}, [
      element('figcaption', {}, [visibleText(title)]),
      /^data:image\/png;base64,[\w+/=]+$/.test(url)
        ? element('img', { src: url, alt: `Screen of the guest: ${visibleText(title)}` })
        : element('p', {}, ['not a picture in PNG']),
    ]),
  )
  return element('div', { class: 'screens' }, figures)
}

/** As a shell takes it. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
