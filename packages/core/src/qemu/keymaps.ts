/** Keyboard layouts that come with QEMU, as `-k` has them (pc-bios/keymaps of QEMU 7.2 to 10). */
export const keymaps: readonly string[] = (
  'ar bepo cz da de de-ch en-gb en-us es et fi fo fr fr-be fr-ca fr-ch hr hu is it ja lt lv mk ' +
  'nl no pl pt pt-br ru sl sv th tr'
).split(' ')
