import { readFileSync } from 'node:fs'
import { removeLink } from './ip-link.ts'

/**
 * What a tap is known by that could not be removed: its name may be another guest's by then, and the address that
 * the kernel gave it is not.
 */
const mark = /^(\/sys\/class\/net\/([^/]+)\/address)=(.+)$/

/** The mark of a tap; nothing where there is none of that name. */
export function tapMark(name: string): string | undefined {
  const file = `/sys/class/net/${name}/address`
  const address = addressIn(file)
  return address === undefined ? undefined : `${file}=${address}`
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
