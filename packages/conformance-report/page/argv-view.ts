import { argvLines } from '../src/argv-lines.ts'
import { visibleText } from '../src/visible-text.ts'
import { element } from './element.ts'
import { shownText } from './shown-text.ts'

/** A command line, one option a line. */
export const argvView = (argv: readonly string[]): HTMLElement =>
  element('pre', { class: 'code argv', tabindex: '0' }, [
    element(
      'code',
      {},
      argvLines(argv).map((line, at) => {
        const blank = line.indexOf(' ')
        const hasOption = at > 0 && line.startsWith('-')
        const name = hasOption && blank !== -1 ? line.slice(0, blank) : line
        return element('span', { class: 'line' }, [
          hasOption ? element('span', { class: 'tag' }, [visibleText(name)]) : visibleText(name),
          shownText(line.slice(name.length)),
        ])
      }),
    ),
  ])
