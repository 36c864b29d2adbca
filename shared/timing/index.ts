export { type Timed, timed } from './timed'
export { within } from './within'
