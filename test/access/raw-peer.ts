/**
 * A peer that writes its messages by hand, as a hostile one does: the other end of a session, without the library.
 */
import {
  type Batch,
  type CodecName,
  expose,
  loopback,
  type Session,
  type SessionOptions,
} from '@farhold/core'

/** One message as it came: its tag and fields. */
export type Message = readonly [tag: number, ...fields: unknown[]]

/** Fields that follow each tag; see protocol.ts. */
const FIELD_COUNT = [4, 6, 3, 3, 2, 1, 4, 4, 3, 2, 1, 2, 1, 2, 4, 1, 3, 1, 1]

export const HELLO = [0, 1, 'hostile', 1, 2 ** 29] as const

export class RawPeer {
  readonly session: Session
  readonly messages: Message[] = []
  readonly reported: unknown[] = []
  readonly #post: (batch: Batch) => void
  readonly #codec: CodecName

  constructor(root: object, codec: CodecName, options: SessionOptions = {}) {
    const [ours, theirs] = loopback({ codec })
    this.#codec = codec
    this.session = expose(root, ours, {
      name: 'victim',
      peerName: 'hostile',
      onError: (error) => this.reported.push(error),
      ...options,
    })
    this.#post = (batch) => theirs.post(batch)
    theirs.open({
      deliver: ({ body }) => this.#take(body),
      serve: ({ body }) => {
        this.#take(body)
        return undefined
      },
      pull: () => undefined,
      isBusy: false,
      hasUnread: false,
      readOn: () => undefined,
      neighbour: () => undefined,
      closed: () => undefined,
    })
  }

  /** Sends one batch of fields. */
  send(...fields: readonly unknown[]): void {
    this.sendBody(this.#codec === 'text' ? JSON.stringify(fields) : fields)
  }

  /** Sends whatever, as a batch. */
  sendBody(body: unknown, moved: readonly unknown[] = []): void {
    this.#post({ body, moved })
  }

  /** Calls an operation, and gives what the session answered: `[3, id, error, extra]` for a failure. */
  async ask(
    operation: number,
    path: unknown,
    {
      target = 0,
      args = null,
      extra = null,
      id = 0,
    }: { target?: number; args?: unknown; extra?: unknown; id?: number } = {},
  ): Promise<Message | undefined> {
    this.messages.length = 0
    this.send(1, id, operation | 16, target, path, args, extra)
    await settle()
    return this.messages.find(([tag, answered]) => (tag === 2 || tag === 3) && answered === id)
  }

  #take(body: unknown): void {
    const fields = (typeof body === 'string' ? JSON.parse(body) : body) as unknown[]
    for (let at = 0; at < fields.length; ) {
      const count = FIELD_COUNT[fields[at] as number] ?? Number.POSITIVE_INFINITY
      this.messages.push(fields.slice(at, at + count + 1) as unknown as Message)
      at += count + 1
    }
  }
}

/** Lets everything that is under way come to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The class name of an error in a failure message. */
export function errorOf(message: Message | undefined): { name: unknown; message: unknown } {
  const [tag, , , extra] = message ?? []
  const slots = Array.isArray(extra) ? (extra as readonly unknown[])[0] : undefined
  const slot = Array.isArray(slots) ? (slots as readonly (readonly unknown[])[])[0] : undefined
  return tag === 3
    ? { name: slot?.[1], message: slot?.[2] }
    : { name: undefined, message: undefined }
}
