import express, { Router } from 'express'
import { getAbsoluteFSPath } from 'swagger-ui-dist'

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>DataPrime Mesh</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', validatorUrl: null })
`

/** The contract for programs (`/openapi.json`) and for people (`/docs`); nothing is loaded from elsewhere. */
export function docsRoutes(document: Readonly<Record<string, unknown>>): Router {
  const router = Router()
  router.get('/openapi.json', (_request, response) => {
    response.json(document)
  })
  router.get('/docs', (_request, response) => {
    response.type('html').send(PAGE)
  })
  router.get('/docs/start.js', (_request, response) => {
    response.type('js').send(START)
  })
  router.use('/docs', express.static(getAbsoluteFSPath(), { index: false }))
  return router
}
