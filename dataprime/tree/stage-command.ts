import type { CommandName } from '../catalogue/commands'
import type { Stage } from './ast'

/** The canonical command word of a stage; empty for an unknown one and for a condition of DPXL. */
export function commandOf(stage: Stage): CommandName | '' {
  if (stage.kind === 'UnknownStage' || stage.kind === 'DpxlStage') return ''
  if (stage.kind === 'TopStage') return stage.end
  // Kinds of stages are named after their commands.
  return stage.kind.slice(0, -'Stage'.length).toLowerCase() as CommandName
}
