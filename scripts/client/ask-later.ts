import type { ChatAccepted, Question } from '#shared/contracts'
import type { Terminal } from '../cli/terminal'
import { type ChatEnd, followChat } from './follow-chat'
import type { MeshClient } from './mesh-client'

/** Has a question answered in the background; what happens to it is told beside the results. */
export async function askLater(mesh: MeshClient, question: Question, terminal: Terminal): Promise<ChatEnd> {
  const startedAt = performance.now()
  const accepted = await mesh.chat(question)
  return followChat(mesh, accepted, {
    onEvent: ({ name, data }) => {
      const elapsed = `${Math.round(performance.now() - startedAt)} ms`
      terminal.warn(`${elapsed.padStart(8)}  ${describeEvent(name, data, accepted)}`)
    },
  })
}

function describeEvent(name: string, data: unknown, accepted: ChatAccepted): string {
  const { attempts, reason } = data as { attempts?: number; reason?: string | null }
  switch (name) {
    case 'accepted':
      return `accepted as ${accepted.request_id}, conversation ${accepted.conversation_id}`
    case 'processing':
      return (attempts ?? 1) > 1 ? `processing, attempt ${attempts}` : 'processing'
    case 'failed':
      return `failed: ${reason ?? 'no reason given'}`
    case 'timed_out':
      return `timed out; the work goes on, GET /api/chat/poll/${accepted.request_id} tells its answer`
    default:
      return name
  }
}
