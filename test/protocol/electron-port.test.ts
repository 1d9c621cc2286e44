import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import type { IpcMain } from 'electron'
import { beforeAll } from 'vitest'
import { acceptPorts } from '../../src/main/ipc-port.ts'
import type { Port } from '../../src/protocol/port.ts'
import { serve } from '../../src/protocol/serve.ts'
import { buildIfNeeded } from '../support/electron-double/build-if-needed.ts'
import { loadPreload } from '../support/electron-double/index.ts'
import { MessagePortMainDouble } from '../support/electron-double/message-port.ts'
import { describeProtocol } from '../support/protocol/protocol-suite.ts'

beforeAll(buildIfNeeded, 120_000)

describeProtocol('the built preload script and main’s port', async (service) => {
  const ipcMain = new EventEmitter()
  const served: Port[] = []
  const pagePorts: MessagePort[] = []
  acceptPorts(ipcMain as unknown as Pick<IpcMain, 'on'>, (port) => {
    served.push(port)
    serve(port, service)
  })
  const senderFrame = { url: 'app://hopwire/', parent: null }
  const dropAll = () => served.forEach((port) => port.close())
  return {
    connect: async () => {
      const exposed = loadPreload((channel, message, ports) => {
        pagePorts.push(...ports)
        ipcMain.emit(channel, { senderFrame, ports: ports.map((port) => new MessagePortMainDouble(port)) }, message)
      })
      return exposed.get('hopwire') as unknown as Port
    },
    dropAll,
    close: async () => pagePorts.forEach((port) => port.close()),
  }
})
