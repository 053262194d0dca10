/** libvirt's namespace for QEMU passthrough arguments. */
export const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0'

/** Elements of this namespace ask a parser to read other files. */
export const includeNamespace = 'http://www.w3.org/2001/XInclude'
