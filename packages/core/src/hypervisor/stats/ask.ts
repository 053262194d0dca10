/** How long a question about a guest waits for its QEMU, in milliseconds. */
export const askMs = 1000
