/** The samples of docs/guide/whole-object.md, as one program. */
import { NotShareableError, RemoteReflect, snapshot } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

await using worker = await spawnWorker<typeof import('./library.ts')>(
  import.meta.resolve('./library.ts'),
)

const { Shelf, label, library } = worker.sync

const shelf = new Shelf('north')
shelf.reader = 'Ada' // the setter of the class, with its private field
shelf.books.push('Emma', 'Dracula') // an array method runs here, on the live array
shelf.books.sort()

const {
  reader,
  books: [first],
} = shelf
console.log(reader, first, 'place' in shelf, Object.keys(shelf).join())
console.log(shelf instanceof Shelf, Array.isArray(shelf.books), shelf.since instanceof Date)
console.log(label`on ${'Emma'}\n`) // on EMMA\n

console.log(JSON.stringify({ shelf })) // {"shelf":{"shelf":["Dracula","Emma"],"since":"1970-01-01T00:00:00.000Z"}}
const books = snapshot(shelf.books) // a copy, in one crossing as well

Object.freeze(shelf.books)
console.log(Object.isFrozen(shelf.books), Reflect.set(shelf.books, 0, 'Walden')) // true false
console.log(Object.getOwnPropertyDescriptor(shelf.books, 0)?.configurable) // false
console.log(books.length) // 2

class Cabinet extends Shelf {}
try {
  new Cabinet('south')
} catch (error) {
  console.log(error instanceof NotShareableError) // true
}

{
  using closed = new Shelf('west')
  closed.books.push('Walden')
}
console.log(library.log().at(-1)) // closed the shelf west

const south = await new worker.remote.Shelf('south')
console.log(await RemoteReflect.has(south, 'reader')) // true
await RemoteReflect.set(south, 'reader', 'Ben')
for await (const book of south.books) console.log(book)
{
  await using given = south
  console.log(await given.reader) // Ben
}
console.log(library.log().at(-1)) // closed the shelf south
