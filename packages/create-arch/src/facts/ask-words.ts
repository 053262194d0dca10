import type { BoardWord } from '@polyvirt/core/arch'
import type { BoardFacts } from './ask-board.ts'
import { tryStart } from './try-start.ts'
import type { BoardQuestion } from './try-start.ts'

/** A word of a machine's `lacks`, with how it is known, or why it is not. */
export interface FoundWord {
  readonly word: BoardWord
  readonly why: string
}

/** What came of asking a board for everything that one may lack. */
export interface WordFacts {
  readonly lacks: readonly FoundWord[]
  /** QEMU does not tell whether the board has it. */
  readonly untold: readonly FoundWord[]
}

type Verdict = 'has' | { readonly lacks: string } | { readonly untold: string }

interface Asked {
  readonly board: BoardFacts
  /** QEMU's sentence where the board does not start with these words. */
  start(...words: readonly string[]): Promise<string | undefined>
  /** What was found of a word before this one. */
  lacks(word: BoardWord): boolean
}

/** A file that is not there: whoever reads it says so. */
const missing = '/nonexistent/polyvirt'

const byFirmware = ({ lacks }: Asked, what: string): Verdict =>
  lacks('own-firmware') && lacks('loader')
    ? { lacks: 'no firmware runs on it' }
    : { untold: `QEMU tells the firmware; only a guest shows whether that ${what}` }

/** In an order in which each may look at what was found before. */
const questions: Readonly<Record<BoardWord, (asked: Asked) => Verdict | Promise<Verdict>>> = {
  dies: async ({ start }) =>
    judge(await start('-smp', '2,maxcpus=2,sockets=1,dies=2,cores=1,threads=1'), {
      lacks: /\bdies\b.* not supported/,
    }),
  // One node without memory is refused for that by a board that has nodes.
  numa: async ({ start }) =>
    judge(await start('-numa', 'node,nodeid=0'), { has: /NUMA nodes/, lacks: /NUMA is not supp/ }),
  'sleep-states': ({ board }) =>
    board.powerManagement === undefined
      ? { lacks: 'nothing on the board has a property disable_s3' }
      : 'has',
  // A board that has flash looks for what is to be in it.
  flash: async ({ start }) =>
    judge(await start('-machine', 'pflash0=polyvirt'), {
      has: /drive|polyvirt/,
      lacks: /pflash0' not found/,
    }),
  'secure-loader': ({ lacks }) =>
    lacks('flash')
      ? { lacks: 'it has no flash' }
      : { untold: 'who may write to flash is between processor and firmware' },
  'own-firmware': ({ board }) =>
    board.hasFirmware ? 'has' : { lacks: 'QEMU brings nothing that a guest would begin with' },
  async loader({ start }) {
    const words = await start('-bios', missing)
    return words === undefined ? { lacks: 'QEMU takes no notice of -bios' } : judge(words, opened)
  },
  'boot-menu': (asked) => byFirmware(asked, 'asks'),
  'firmware-serial': (asked) => byFirmware(asked, 'obeys'),
  async 'device-tree'({ start }) {
    const words = await start('-dtb', missing)
    return words === undefined
      ? { untold: 'if it reads -dtb, it does so only with a kernel' }
      : judge(words, opened)
  },
  'acpi-tables': async ({ start }) =>
    judge(await start('-acpitable', `sig=SLIC,file=${missing}`), {
      ...opened,
      lacks: notOfTarget,
    }),
  'fw-cfg': async ({ start }) =>
    judge(await start('-fw_cfg', 'name=opt/org.polyvirt/trial,string=x'), {
      lacks: /fw_cfg device not available/,
    }),
  async smbios({ start, lacks }) {
    const words = await start('-smbios', 'type=0,vendor=trial')
    if (words !== undefined) return judge(words, { lacks: notOfTarget })
    return lacks('fw-cfg')
      ? { lacks: 'QEMU hands tables over by fw_cfg, which it lacks' }
      : { untold: 'QEMU takes tables for any machine of this target; only a guest sees them' }
  },
}

const notOfTarget = /not supported for this target/
const opened = { has: new RegExp(missing) } as const

/** QEMU's sentence is the reason; none where it started. */
function judge(
  words: string | undefined,
  { has, lacks }: { readonly has?: RegExp; readonly lacks?: RegExp },
): Verdict {
  if (words === undefined || has?.test(words) === true) return 'has'
  return lacks?.test(words) === true ? { lacks: words } : { untold: `QEMU says: ${words}` }
}

/** Asks a board that starts, one trial for each word that takes one. */
export async function askWords(question: BoardQuestion, board: BoardFacts): Promise<WordFacts> {
  const lacks: FoundWord[] = []
  const untold: FoundWord[] = []
  const asked: Asked = {
    board,
    start: (...words) => tryStart(question, words),
    lacks: (word) => lacks.some((found) => found.word === word),
  }
  for (const [word, ask] of Object.entries(questions) as [
    BoardWord,
    (typeof questions)['dies'],
  ][]) {
    const verdict = await ask(asked)
    if (verdict === 'has') continue
    if ('lacks' in verdict) lacks.push({ word, why: verdict.lacks })
    else untold.push({ word, why: verdict.untold })
  }
  return { lacks, untold }
}
