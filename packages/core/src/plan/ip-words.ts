/** IPv6 addresses as URLs have them (RFC 3986, 3.2.2): the parser every runtime has knows all their forms. */
function isIpv6(address: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address) && URL.canParse(`http://[${address}]/`)
}

function isIpv4(address: string): boolean {
  const bytes = address.split('.')
  return bytes.length === 4 && bytes.every((one) => /^\d{1,3}$/.test(one) && Number(one) <= 255)
}

/** The family of an address, or nothing of what is none. */
export function ipFamily(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIpv4(address)) return 'ipv4'
  return isIpv6(address) ? 'ipv6' : undefined
}
