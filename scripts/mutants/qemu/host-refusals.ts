/** What QEMU says when the fault is the sample machine's, and why it is not the plan's. */
export const hostRefusals: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /Cannot allocate memory|cannot set up guest memory/,
    reason: 'more memory than there is',
  },
  { pattern: /unable to map backing store|No space left/, reason: 'more memory than there is' },
  {
    pattern: /could not disable KVM|failed to initialize kvm|KVM kernel module/i,
    reason: 'no KVM',
  },
  {
    pattern: /Failed to get (?:shared )?"[a-z ]+" lock/,
    reason: 'one image twice, seen at start',
  },
  {
    pattern: /does not support O_DIRECT|aio=native|io_uring/,
    reason: 'the file system of the sample',
  },
  { pattern: /opengl is not available|OpenGL support/, reason: 'no GPU' },
  { pattern: /SGX|sgx/, reason: 'no SGX' },
]

/** Why a refusal is the host's, or nothing where it is the plan's. */
export function hostReason(message: string): string | undefined {
  // Warnings accompany refusals of all kinds, and are none.
  const lines = message.split('\n').filter((line) => !line.includes('warning:'))
  return hostRefusals.find(({ pattern }) => lines.some((line) => pattern.test(line)))?.reason
}
