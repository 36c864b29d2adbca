import { openDatabase } from '../open-database'

// A process that owns a database until it is killed: `node hold-database.js <path>`.
const [path = ''] = process.argv.slice(2)
const database = openDatabase({ path, migrations: [] })
process.send?.('opened')
process.on('message', () => database.close())
