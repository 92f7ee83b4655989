/** What piscina runs for each item. */
export default (): void => undefined
