import type { ArchPlan } from '../arch-plan.ts'
import type { FoundWord, WordFacts } from '../facts/ask-words.ts'
import type { AskedFamily } from '../facts/emulator-facts.ts'
import { deviceOffers } from '../facts/device-offers.ts'
import { pciLayoutOf } from '../facts/pci-layout.ts'
import type { PciChoice } from '../facts/pci-layout.ts'
import { askedQemu, comment, quoted } from './words.ts'

/** `src/machine.ts`: the likeliest family of machines, and what QEMU says of the others. */
export function machine(plan: ArchPlan): string {
  const { facts, family } = plan
  const pci = pciLayoutOf(family, facts?.capabilities.devices ?? [])
  const implicit = implicitEntries(plan, pci)
  return `import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { rules } from './rules.ts'

${familyList(plan)}${comment(machineTodo(family))}const board: MachineProfile = {
  name: ${quoted(family?.name ?? 'todo')},
  pattern: ${family === undefined ? '/^todo$/' : pattern(family)},
  memoryStepKiB: 1024,
  minimumMemoryKiB: 1024,
${boardEntries(plan)}${pci === undefined ? '' : pciEntry(pci)}  implicit: [${implicit === '' ? '' : `\n${implicit}  `}],
}

/** Machines of ${plan.names.arch}. */
export const machine: MachineBuilder = {
  default: ${quoted(family?.machine ?? 'todo')},
  profiles: [board],
  rules,
}
`
}

function machineTodo(family: AskedFamily | undefined): string {
  const which =
    family === undefined
      ? 'TODO(machine): name a machine type of QEMU in `name`, `pattern` and `default`, say whether it has PCI'
      : `TODO(machine): is ${family.name} the machine that guests are to run on? Then say in what steps its ` +
        'memory grows and up to where (`maximumMemoryKiB`), on how many CPUs guests run if not on all that ' +
        'QEMU takes (`maximumVcpus`)' +
        (family.board?.pci === undefined ? '' : ', which slots no interrupt reaches (`occupied`)')
  return `${which}, and in \`implicit\` what its board always has and every definition should name.`
}

/** Each family on a line: what a reader needs to choose one. */
function familyList(plan: ArchPlan): string {
  const { facts } = plan
  if (facts === undefined) return ''
  const lines = facts.families.map((family) => comment(`- ${familyLine(family)}`))
  return `${comment(`${askedQemu(plan)} has these machines:`)}${lines.join('')}//\n`
}

function familyLine(family: AskedFamily): string {
  const { name, cpuMax, defaultCpuType, isDefault, versioned, types, board, reason } = family
  const words = [
    ...(versioned ? [`${types[0]} to ${types.filter((one) => one !== name).at(-1)}`] : []),
    ...(isDefault ? ["QEMU's default"] : []),
    cpuMax === 1 ? 'one CPU' : `up to ${cpuMax} CPUs`,
    ...(defaultCpuType === undefined ? [] : [defaultCpuType]),
    ...(board === undefined ? [] : [busWords(board)]),
    ...(reason === undefined ? [] : [`does not start by itself: ${reason}`]),
  ]
  return `${name}: ${words.join(', ')}`
}

function busWords({ pci, buses }: NonNullable<AskedFamily['board']>): string {
  const others = Object.entries(buses).map(([type, count]) =>
    count === 1 ? type : `${count} ${type}`,
  )
  const root =
    pci === undefined ? 'no PCI' : `${pci.express ? 'PCI Express' : 'PCI'} (root bus '${pci.bus}')`
  return [root, ...others].join(', ')
}

/** Matches every type of the family, versions that are still to come as well. */
function pattern({ name, versioned }: AskedFamily): string {
  const plain = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return versioned ? `/^${plain}(?:-[\\d.]+)?$/` : `/^${plain}$/`
}

/** What QEMU told of the board that the seam has words for. */
function boardEntries(plan: ArchPlan): string {
  const { board, words } = plan.family ?? {}
  const transports = board?.buses['virtio-mmio-bus']
  const power = board?.powerManagement
  return [
    transports === undefined ? '' : `  virtioTransports: ${transports},\n`,
    power === undefined ? '' : `  powerManagement: ${quoted(power)},\n`,
    words === undefined ? '' : lacksEntry(words, askedQemu(plan) ?? 'QEMU'),
  ].join('')
}

/** The words that were found, each with how; and those that QEMU could not be asked about. */
function lacksEntry({ lacks, untold }: WordFacts, source: string): string {
  const lines = (found: readonly FoundWord[]): string =>
    found.map(({ word, why }) => comment(`- ${word}: ${why}`, '  ')).join('')
  const told =
    lacks.length === 0
      ? ''
      : comment(`${source} was asked what this board lacks, and these it does:`, '  ') +
        lines(lacks)
  const open =
    untold.length === 0
      ? ''
      : comment('It could not be found out of these; add those that the board lacks:', '  ') +
        lines(untold)
  const words = lacks.map(({ word }) => quoted(word))
  const list = `  lacks: [${words.join(', ')}],\n`
  const entry =
    list.length <= 101
      ? list
      : `  lacks: [\n${words.map((word) => `    ${word},\n`).join('')}  ],\n`
  return told + open + entry
}

function pciEntry({ root, grow, bus, occupied }: PciChoice): string {
  const slots = occupied.map((one) => `{ slot: ${one.slot}, function: ${one.function} }`)
  const list =
    slots.length < 2
      ? `[${slots.join('')}]`
      : `[\n${slots.map((one) => `      ${one},\n`).join('')}    ]`
  return `  pci: {
    root: ${quoted(root)},
    grow: ${quoted(grow)},
${bus === undefined ? '' : `    rootBus: ${quoted(bus)},\n`}    occupied: ${list},
    places: [],
  },
`
}

/** The root, which QEMU told of, and what most boards' definitions have besides. */
function implicitEntries({ facts, family }: ArchPlan, pci: PciChoice | undefined): string {
  const offers = facts === undefined ? {} : deviceOffers(facts, family)
  const usb = offers['controller:usb']?.[0]?.model
  const balloon = offers['memballoon']?.[0]?.model
  const entry = (lines: readonly string[], mark = ''): string =>
    ['{', ...lines.map((line) => `  ${line},`), '},'].map((line) => `    ${mark}${line}\n`).join('')
  const controller = (type: string, model: string, reason: string): readonly string[] => [
    `kind: 'controller'`,
    `device: { type: ${quoted(type)}, index: 0, model: ${quoted(model)} }`,
    `reason: ${quoted(reason)}`,
  ]
  const mark = '// '
  return [
    pci === undefined ? '' : entry(controller('pci', pci.root, 'the board has a PCI bus')),
    usb === undefined || usb === 'none'
      ? ''
      : entry(controller('usb', usb, 'USB devices have a port to plug into'), mark),
    balloon === undefined || balloon === 'none'
      ? ''
      : entry(
          [
            `kind: 'memballoon'`,
            `device: { model: ${quoted(balloon)} }`,
            `reason: 'every guest gets a balloon unless it says none'`,
          ],
          mark,
        ),
  ].join('')
}
