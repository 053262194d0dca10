import { bootGuest, type BootedGuest, type BootOptions } from '../src/guest/boot-guest.ts'

/** Boots a guest for as long as the body runs. */
export async function withGuest<T>(
  options: BootOptions,
  body: (guest: BootedGuest) => Promise<T>,
): Promise<T> {
  const guest = await bootGuest(options)
  try {
    return await body(guest)
  } finally {
    await guest[Symbol.asyncDispose]()
  }
}
