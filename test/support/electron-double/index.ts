export { launchWithDouble, type LaunchedApp } from './launch-with-double.ts'
export { loadPreload } from './load-preload.ts'
