/** What `URL` means inside the guest bundle: a class that nothing is an instance of. */
class UrlStandIn {
  constructor() {
    throw new TypeError('URL does not exist in an isolate')
  }

  static [Symbol.hasInstance](): boolean {
    return false
  }
}

export { UrlStandIn as URL }
