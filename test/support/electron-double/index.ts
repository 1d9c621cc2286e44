export { createElectronMain, type ElectronMain } from './electron-main.ts'
export { launchWithDouble, type LaunchedApp, type LaunchOptions } from './launch-with-double.ts'
export { loadMain, MAIN_BUNDLE, PRELOAD_BUNDLE } from './load-main.ts'
export { loadPreload } from './load-preload.ts'
