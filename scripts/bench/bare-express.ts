import express from 'express'

/** The ceiling of any Express service on this machine: parse a small JSON body, answer a small JSON body. */
const app = express()
app.use(express.json())
app.post('/', (request, response) => {
  response.json({ success: true, echo: request.body })
})
app.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => process.exit(0))
