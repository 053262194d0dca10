import type { Controller } from '../../domain/devices/controller.ts'
import type { Problem } from '../../errors.ts'

/** USB 1 controllers of an ICH9 serve two ports each of its six (ICH9 datasheet, chapter 5.20). */
const companionPorts = 2
const masterPorts = 6

const companion = /^ich9-uhci/

/** A companion serves ports of a master, and no two serve the same. */
export function checkUsbControllers(controllers: readonly Controller[]): Problem[] {
  const problems: Problem[] = []
  const none = controllers.some(({ type, model }) => type === 'usb' && model === 'none')
  if (none && controllers.filter(({ type }) => type === 'usb').length > 1)
    problems.push({
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: `devices/controller[${controllers.findIndex(({ type, model }) => type === 'usb' && model !== 'none') + 1}]`,
      message: `a USB controller of model 'none' says that there is no USB; leave one of them out`,
    })
  const served = new Map<string, string>()
  for (const [i, one] of controllers.entries()) {
    if (one.type !== 'usb') continue
    const path = `devices/controller[${i + 1}]`
    const add = (below: string, message: string, code: Problem['code'] = 'ERR_XML_ERROR'): void =>
      void problems.push({ code, path: `${path}/${below}`, message })
    const { index = 0, model = '', masterStartport: first } = one
    const peers = controllers.filter(
      (other) => other !== one && other.type === 'usb' && (other.index ?? 0) === index,
    )
    if (one.ports !== undefined && !model.endsWith('xhci'))
      add(
        '@ports',
        `a '${model}' has ports of its own number; only xHCI takes one`,
        'ERR_CONFIG_UNSUPPORTED',
      )
    if (first === undefined) {
      if (companion.test(model) && peers.some((other) => !companion.test(other.model ?? '')))
        add('master', `a companion says which ports it serves: <master startport='0'/>, 2 or 4`)
      continue
    }
    if (peers.every((other) => other.masterStartport !== undefined))
      add('master', `no USB controller with index ${index} is there to be this one's master`)
    if (first % companionPorts !== 0 || first + companionPorts > masterPorts)
      add('master/@startport', `ports are served from 0, 2 or 4 on, not from ${first}`)
    const key = `${index} ${first}`
    const other = served.get(key)
    if (other !== undefined)
      add('master/@startport', `ports from ${first} on are already served by ${other}`)
    served.set(key, path)
  }
  return problems
}
