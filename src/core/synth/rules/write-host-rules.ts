import { hasHadSix } from '../plan/has-had-six.ts'
import { type Attachment, bindingsBehind, listAttachments } from '../plan/list-attachments.ts'
import type { Plan, PlannedEndpoint } from '../plan/plan.ts'
import { applyUserRules } from './apply-user-rules.ts'
import { IptablesDraft } from './iptables-draft.ts'
import { ruleWriter20 } from './write-rules-20.ts'
import { ruleWriter28 } from './write-rules-28.ts'
import type { RuleWriter } from './rule-writer.ts'

/**
 * Writes the rules of the host's own namespace: does what dockerd does from its start to the last container, then what
 * the user did.
 */
export function writeHostRules(plan: Plan): IptablesDraft {
  const draft = new IptablesDraft()
  if (plan.scene.engine.installed === false) {
    applyUserRules(draft, plan.scene.rules ?? [])
    return draft
  }
  const writer = plan.generation === 20 ? ruleWriter20(draft, plan.daemon) : ruleWriter28(draft, plan)
  writer.start()
  setForwardPolicy(draft, plan)
  for (const network of plan.networks) if (network.driver === 'bridge') writer.addNetwork(network)
  for (const attachment of listAttachments(plan)) attach(writer, plan, attachment)
  applyUserRules(draft, plan.scene.rules ?? [])
  return draft
}

/**
 * Docker drops what it does not forward itself, where it was Docker that turned forwarding on. 20.10 does so for IPv6 as
 * soon as it has rules there, later ones with the first network of IPv6.
 */
function setForwardPolicy(draft: IptablesDraft, plan: Plan): void {
  const { generation, daemon, scene } = plan
  const chain = (family: 'ip' | 'ip6') => ({ family, table: 'filter', chain: 'FORWARD' }) as const
  const drops = generation === 20 || daemon.forwardDrop
  if (!daemon.ipForward || !drops) return
  if (daemon.iptables && scene.host.forwarding !== true) draft.setPolicy(chain('ip'), 'DROP')
  if (daemon.ip6tables && (generation === 20 || hasHadSix(plan))) draft.setPolicy(chain('ip6'), 'DROP')
}

/** The ports are those of the endpoint that is the way out in the end. */
function attach(writer: RuleWriter, plan: Plan, { what, container, endpoint }: Attachment): void {
  switch (what) {
    case 'endpoint':
      return writer.addEndpoint(endpoint)
    case 'ports':
      return writer.addPorts(endpoint.network, bindingsBehind(container, endpoint))
    case 'links':
      return addLinks(writer, plan, endpoint)
    default:
      return what satisfies never
  }
}

/** Links between containers matter to the rules where a network keeps its containers apart. */
function addLinks(writer: RuleWriter, plan: Plan, endpoint: PlannedEndpoint): void {
  if (endpoint.network.icc || !endpoint.network.isDefaultBridge) return
  for (const link of endpoint.asked.links ?? []) {
    const linked = plan.containers.find(({ scene }) => scene.name === link.split(':')[0])
    if (linked?.running) writer.addLink(endpoint.network, endpoint, linked)
  }
}
