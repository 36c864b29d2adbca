export { within } from './within'
