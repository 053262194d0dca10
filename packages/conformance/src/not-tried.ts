/**
 * What a scenario throws that finds, once its guest runs, that it cannot be tried with this guest:
 * its kernel was built without the driver. Neither passed nor failed.
 */
export class NotTried extends Error {
  override readonly name = 'NotTried'
}
