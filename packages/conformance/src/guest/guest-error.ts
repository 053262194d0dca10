/**
 * A guest image could not be made, or a guest did not say what was expected of it. The message
 * names the thing, what was seen last, and the way out.
 */
export class GuestError extends Error {
  override readonly name = 'GuestError'
}
