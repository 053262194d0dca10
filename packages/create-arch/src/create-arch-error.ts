/** A package that was not made; nothing of it is there. The message says why, and the way out. */
export class CreateArchError extends Error {
  override readonly name = 'CreateArchError'
}
