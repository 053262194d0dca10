import type { Layout } from './layout.ts'

/** Where the state of a guest's emulated TPM is kept from run to run. */
export function tpmStatePath({ libDir }: Pick<Layout, 'libDir'>, uuid: string): string {
  return `${libDir}/swtpm/${uuid}`
}
