/** Makes the package of a new architecture. */
export { createArch } from './create-arch.ts'
export type { CreateArchOptions, CreatedArch } from './create-arch.ts'
export { CreateArchError } from './create-arch-error.ts'
export { formatCreated } from './format-created.ts'
