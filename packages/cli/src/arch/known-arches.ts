/**
 * Which npm package serves a guest architecture: only for the message that says what to install.
 * Packages that are installed are found without this table, also those it has never heard of.
 */
export const knownArches: Readonly<Record<string, string>> = {
  x86_64: '@polyvirt/arch-x86',
  i686: '@polyvirt/arch-x86',
  ppc64le: '@polyvirt/arch-ppc64',
  ppc64: '@polyvirt/arch-ppc64',
  aarch64: '@polyvirt/arch-aarch64',
  s390x: '@polyvirt/arch-s390x',
  riscv64: '@polyvirt/arch-riscv64',
  loongarch64: '@polyvirt/arch-loongarch64',
}

/** What to do about a guest architecture that no installed package serves. */
export function installHint(guest: string): string {
  const name = Object.hasOwn(knownArches, guest) ? knownArches[guest] : undefined
  return name === undefined
    ? "look for its package on npm: npm search 'keywords:polyvirt-arch'"
    : `install its package: npm install ${name}`
}
