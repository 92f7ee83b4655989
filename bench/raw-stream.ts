/**
 * Chunks over a port, written by hand: each is posted with its bytes transferred, and the reader lets the writer go on by messages that
 * are a number, with as many under way as the window says.
 */
import type { MessagePort } from 'node:worker_threads'

const WINDOW = 16

/** Posts so many chunks, as the other end takes them. */
export function writeRaw(port: MessagePort, count: number, size: number): Promise<void> {
  return new Promise((resolve) => {
    let credit = WINDOW
    let left = count
    const write = (): void => {
      for (; credit > 0 && left > 0; credit--, left--) {
        const chunk = new Uint8Array(size)
        port.postMessage(chunk, [chunk.buffer])
      }
    }
    const heard = (more: number): void => {
      credit += more
      write()
      if (left > 0 || credit < WINDOW) return
      port.off('message', heard)
      resolve()
    }
    port.on('message', heard)
    write()
  })
}

/** Takes so many chunks; gives how many bytes came. */
export function readRaw(port: MessagePort, count: number): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0
    let taken = 0
    const heard = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength
      taken++
      if (taken % (WINDOW / 2) === 0 || taken === count)
        port.postMessage(taken % (WINDOW / 2) || WINDOW / 2)
      if (taken < count) return
      port.off('message', heard)
      resolve(bytes)
    }
    port.on('message', heard)
  })
}
