import { readFileSync } from 'node:fs'
import { removeLink } from './ip-link.ts'

/**
 * What a tap is known by that is to be removed: its name may be another guest's by then, and the address that the
 * kernel gave it is not.
 */
const mark = /^(\/sys\/class\/net\/([^/]+)\/address)=(.+)$/

/** The marks of taps; of a name that none has there is none. */
export function tapMarks(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const file = `/sys/class/net/${name}/address`
    const address = addressIn(file)
    return address === undefined ? [] : [`${file}=${address}`]
  })
}

export function isTapMark(text: string): boolean {
  return mark.test(text)
}

/** Removes the tap of a mark, where it is still the one; whether it is gone. */
export async function isTapRemoved(text: string): Promise<boolean> {
  const [, file = '', name = '', address] = mark.exec(text) ?? []
  if (addressIn(file) !== address) return true
  await removeLink(name)
  return addressIn(file) !== address
}

function addressIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
