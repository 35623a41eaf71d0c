package main

// script is the life of a job that starts a VM, from the request to the end of its
// monitoring.
var script = parseAll(
	`DEBUG [c.c.a.ApiServlet] %A ===START===  10.1.1.%n -- GET  command=startVirtualMachine&id=%u&response=json&_=16999%N`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %A submit async job-%j, details: AsyncJobVO {id:%j, userId: 2, accountId: 2, instanceType: VirtualMachine, instanceId: %v, cmd: org.apache.cloudstack.api.command.admin.vm.StartVMCmdByAdmin, cmdInfo: {"id":"%u","response":"json","ctxUserId":"2","httpmethod":"GET","ctxStartEventId":"%N","uuid":"%u","cmdEventType":"VM.START","ctxAccountId":"2"}, cmdVersion: 0, status: IN_PROGRESS, processStatus: 0, resultCode: 0, result: null, initMsid: 345052807681, completeMsid: null, lastUpdated: null, lastPolled: null, created: null}`,
	`INFO  [o.a.c.f.j.i.AsyncJobMonitor] %P Add job-%j into job monitoring`,
	`DEBUG [c.c.a.ApiServlet] %A ===END===  10.1.1.%n -- GET  command=startVirtualMachine&id=%u&response=json&_=16999%N`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Executing AsyncJobVO {id:%j, userId: 2, accountId: 2, instanceType: VirtualMachine, instanceId: %v, cmd: org.apache.cloudstack.api.command.admin.vm.StartVMCmdByAdmin, cmdInfo: {"id":"%u","response":"json","ctxUserId":"2","httpmethod":"GET"}, cmdVersion: 0, status: IN_PROGRESS, processStatus: 0, resultCode: 0, result: null, initMsid: 345052807681}`,
	`DEBUG [o.a.c.f.j.i.SyncQueueManagerImpl] %P There is a pending process in sync queue(id: %N)`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Sync job-%c execution on object VmWorkJobQueue.%v`,
	`INFO  [o.a.c.f.j.i.AsyncJobMonitor] %W Add job-%c into job monitoring`,
	`DEBUG [c.c.v.VmWorkJobDispatcher] %W Run VM work job: com.cloud.vm.VmWorkStart for VM %v, job origin: %j`,
	`DEBUG [c.c.v.VmWorkJobHandlerProxy] %W Execute VM work job: com.cloud.vm.VmWorkStart{"dcId":0,"userId":2,"accountId":2,"vmId":%v,"handlerName":"VirtualMachineManagerImpl"}`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W VM state transitted from :Stopped to Starting with event: StartRequestedvm's original host id: %h new host id: null host id before state transition: null`,
	`DEBUG [c.c.v.VirtualMachineManagerImpl] %W Successfully transitioned to start state for VM[User|i-2-%v-VM] reservation id = %u`,
	`DEBUG [c.c.v.VirtualMachineManagerImpl] %W Trying to deploy VM, vm has dcId: 1 and podId: 1`,
	`DEBUG [c.c.v.VirtualMachineManagerImpl] %W Deploy avoids pods: null, clusters: null, hosts: null`,
	`DEBUG [c.c.d.DeploymentPlanningManagerImpl] %W DeploymentPlanner allocation algorithm: com.cloud.deploy.FirstFitPlanner@%x`,
	`DEBUG [c.c.d.DeploymentPlanningManagerImpl] %W Trying to allocate a host and storage pools from dc:1, pod:1,cluster:null, requested cpu: 500, requested ram: 536870912`,
	`DEBUG [c.c.d.FirstFitPlanner] %W Listing clusters in order of aggregate capacity, that have (at least one host with) enough CPU and RAM capacity under this Pod: 1`,
	`DEBUG [c.c.a.m.a.i.FirstFitAllocator] %W FirstFitRoutingAllocator Looking for hosts in dc: 1  pod:1  cluster:1`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W Checking if host: %h has enough capacity for requested CPU: 500 and requested RAM: 536870912 , cpuOverprovisioningFactor: 2.0`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W Hosts's actual total CPU: 67184 and CPU after applying overprovisioning: 134368`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W Free CPU: %N , Requested CPU: 500`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W Host has enough CPU and RAM available`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W STATS: Can alloc CPU from host: %h, used: %N, reserved: 0, actual total: 67184, total with overprovisioning: 134368; requested cpu:500,alloc_from_last_host?:false ,considerReservedCapacity?: true`,
	`DEBUG [o.a.c.e.o.VolumeOrchestrator] %W No need to recreate the volume: Vol[%v|vm=%v|ROOT], since it already has a pool assigned: %n, adding disk to VM`,
	`DEBUG [c.c.n.NetworkModelImpl] %W Service SecurityGroup is not supported in the network id=%n`,
	`DEBUG [c.c.a.t.Request] %W Seq %s: Sending  { Cmd , MgmtId: 345052807681, via: %h(kvm%h), Ver: v1, Flags: 100011, [{"com.cloud.agent.api.StartCommand":{"vm":{"id":%v,"name":"i-2-%v-VM","type":"User","cpus":1,"minSpeed":500,"maxSpeed":500,"minRam":536870912,"maxRam":536870912,"arch":"x86_64","os":"CentOS 7","platformEmulator":"CentOS 7","bootArgs":"","enableHA":false,"limitCpuUse":false,"enableDynamicallyScaleVm":false,"vncPassword":"","vncAddr":"10.1.20.%h","params":{},"uuid":"%u","disks":[{"data":{"org.apache.cloudstack.storage.to.VolumeObjectTO":{"uuid":"%u","volumeType":"ROOT","dataStore":{"org.apache.cloudstack.storage.to.PrimaryDataStoreTO":{"uuid":"%u","id":%n,"poolType":"NetworkFilesystem"}},"name":"ROOT-%v","size":8589934592,"path":"%u","volumeId":%v,"vmName":"i-2-%v-VM","accountId":2,"format":"QCOW2"}},"diskSeq":0,"path":"%u","type":"ROOT"}],"nics":[{"deviceId":0,"networkRateMbps":200,"defaultNic":true,"uuid":"%u","ip":"10.1.4.%n","netmask":"255.255.255.0","gateway":"10.1.4.1","mac":"02:00:%n:2c:00:0a","broadcastType":"Vlan","type":"Guest"}]},"hostIp":"10.1.20.%h","executeInSequence":false,"contextMap":{"logid":"%l"},"wait":0}}] }`,
	`DEBUG [c.c.a.t.Request] %W Seq %s: Executing:  { Cmd , MgmtId: 345052807681, via: %h(kvm%h), Ver: v1, Flags: 100011, [{"com.cloud.agent.api.StartCommand":{"vm":{"id":%v,"name":"i-2-%v-VM"},"contextMap":{"logid":"%l"},"wait":0}}] }`,
	`DEBUG [c.c.a.t.Request] (AgentManager-Handler-%n:null) (logid:) Seq %s: Processing:  { Ans: , MgmtId: 345052807681, via: %h, Ver: v1, Flags: 10, [{"com.cloud.agent.api.StartAnswer":{"vm":{"id":%v,"name":"i-2-%v-VM","type":"User"},"result":true,"wait":0}}] }`,
	`DEBUG [c.c.a.t.Request] %W Seq %s: Received:  { Ans: , MgmtId: 345052807681, via: %h(kvm%h), Ver: v1, Flags: 10, { StartAnswer } }`,
	`DEBUG [c.c.c.CapacityManagerImpl] %W VM state transitted from :Starting to Running with event: OperationSucceededvm's original host id: %h new host id: %h host id before state transition: %h`,
	`DEBUG [c.c.v.VirtualMachineManagerImpl] %W Start completed for VM VM[User|i-2-%v-VM]`,
	`DEBUG [c.c.v.VmWorkJobHandlerProxy] %W Done executing VM work job: com.cloud.vm.VmWorkStart{"dcId":0,"userId":2,"accountId":2,"vmId":%v,"handlerName":"VirtualMachineManagerImpl"}`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %W Complete async job-%c, jobStatus: SUCCEEDED, resultCode: 0, result: null`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %W Publish async job-%c complete on message bus`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %W Wake up jobs related to job-%c`,
	`DEBUG [c.c.v.VmWorkJobDispatcher] %W Done with run of VM work job: com.cloud.vm.VmWorkStart for VM %v, job origin: %j`,
	`INFO  [o.a.c.f.j.i.AsyncJobMonitor] %W Remove job-%c from job monitoring`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Complete async job-%j, jobStatus: SUCCEEDED, resultCode: 0, result: org.apache.cloudstack.api.response.UserVmResponse/virtualmachine/{"id":"%u","name":"web-%v","account":"admin","state":"Running","haenable":false,"zonename":"zone1","hostname":"kvm%h","templatename":"CentOS 7","cpunumber":1,"cpuspeed":500,"memory":512,"nic":[{"id":"%u","ipaddress":"10.1.4.%n","isdefault":true}],"jobid":"%u","jobstatus":0}`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Publish async job-%j complete on message bus`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Update db status for job-%j`,
	`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Done executing org.apache.cloudstack.api.command.admin.vm.StartVMCmdByAdmin for job-%j`,
	`INFO  [o.a.c.f.j.i.AsyncJobMonitor] %P Remove job-%j from job monitoring`,
)

const (
	// A failure strikes between these steps of the script, once the work job runs and
	// before it completes.
	firstStrike, lastStrike = 12, 26
	parentCompletes         = 37 // step, counted from 0
	afterFailure            = 33 // step that follows the lines of failedWork
)

// failedWork ends a work job that failed, completesFailed its job.
var (
	failedWork      = parse(`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %W Complete async job-%c, jobStatus: FAILED, resultCode: 0, result: rO0ABXNyADdjb20uY2xvdWQuZXhjZXB0aW9uLkFnZW50VW5hdmFpbGFibGVFeGNlcHRpb24`)
	completesFailed = parse(`DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] %P Complete async job-%j, jobStatus: FAILED, resultCode: 530, result: org.apache.cloudstack.api.response.ExceptionResponse/null/{"uuidList":[],"errorcode":530,"errortext":"Failed to start vm %u"}`)
)

// failures are what the shipped rules know; the generated ones add theirs.
var failures = parseAll(
	`DEBUG [c.c.v.VirtualMachineManagerImpl] %W Unable to send Start command: Resource [Host:%h] is unreachable: Host %h: Host with specified id is not in the right state: Disconnected`,
	`DEBUG [c.c.d.FirstFitPlanner] %W No clusters found having a host with enough capacity, returning.`,
	`DEBUG [c.c.s.StorageManagerImpl] %W Insufficient space on pool: %n since its usage percentage: 0.91 has crossed the pool.storage.capacity.disablethreshold: 0.85`,
)

// background is what goes on without jobs.
var background = parseAll(
	`DEBUG [c.c.a.m.AgentManagerImpl] (AgentManager-Handler-%n:null) (logid:) Ping from %o(kvm%o)`,
	`DEBUG [c.c.v.VirtualMachinePowerStateSyncImpl] (AgentManager-Handler-%n:null) (logid:) Process host VM state report from ping process. host: %o`,
	`DEBUG [c.c.v.VirtualMachinePowerStateSyncImpl] (AgentManager-Handler-%n:null) (logid:) Process VM state report. host: %o, number of records in report: %n`,
	`DEBUG [c.c.v.VirtualMachinePowerStateSyncImpl] (AgentManager-Handler-%n:null) (logid:) VM state report. host: %o, vm id: %N, power state: PowerOn`,
	`DEBUG [c.c.v.VirtualMachinePowerStateSyncImpl] (AgentManager-Handler-%n:null) (logid:) Done with process of VM state report. host: %o`,
	`DEBUG [c.c.s.StatsCollector] (StatsCollector-%n%B HostStatsCollector is running...`,
	`DEBUG [c.c.a.t.Request] (StatsCollector-%n%B Seq %o-654821%N: Received:  { Ans: , MgmtId: 345052807681, via: %o(kvm%o), Ver: v1, Flags: 10, { GetHostStatsAnswer } }`,
	`DEBUG [c.c.a.t.Request] (StatsCollector-%n%B Seq %o-654821%N: Received:  { Ans: , MgmtId: 345052807681, via: %o(kvm%o), Ver: v1, Flags: 10, { GetVmStatsAnswer } }`,
	`DEBUG [c.c.a.m.AgentManagerImpl] (AgentManager-Handler-%n:null) (logid:) SeqA 11-4%N: Processing Seq 11-4%N:  { Cmd , MgmtId: -1, via: 11, Ver: v1, Flags: 11, [{"com.cloud.agent.api.ConsoleProxyLoadReportCommand":{"_proxyVmId":4,"_loadInfo":"{\n  \"connections\": []\n}","wait":0}}] }`,
	`DEBUG [c.c.a.m.AgentManagerImpl] (AgentManager-Handler-%n:null) (logid:) SeqA 11-4%N: Sending Seq 11-4%N:  { Ans: , MgmtId: 345052807681, via: 11, Ver: v1, Flags: 100010, [{"com.cloud.agent.api.AgentControlAnswer":{"result":true,"wait":0}}] }`,
	`DEBUG [c.c.s.s.SecondaryStorageManagerImpl] (secstorage-1%B Zone 1 is ready to launch secondary storage VM`,
	`DEBUG [c.c.c.ConsoleProxyManagerImpl] (consoleproxy-1%B Zone 1 is ready to launch console proxy`,
	`DEBUG [c.c.n.r.VirtualNetworkApplianceManagerImpl] (RouterStatusMonitor-1%B Found %n routers to update status. `,
	`DEBUG [c.c.a.ApiServlet] %A ===START===  10.1.1.%n -- GET  command=queryAsyncJobResult&jobId=%u&response=json&_=16999%N`,
	`DEBUG [c.c.a.ApiServlet] %A ===END===  10.1.1.%n -- GET  command=listVirtualMachines&listAll=true&page=1&pagesize=20&response=json&_=16999%N`,
	`DEBUG [c.c.a.ApiServer] %A CIDRs from which account 'Acct[%u-admin]' is allowed to perform API calls: 0.0.0.0/0,::/0`,
	`DEBUG [c.c.h.d.HostDaoImpl] (ClusteredAgentManager Timer%B Completed resetting hosts suitable for reconnect`,
	`INFO  [o.a.c.f.j.i.AsyncJobManagerImpl] (AsyncJobMgr-Heartbeat-1%B Begin cleanup expired async-jobs`,
	`INFO  [c.c.s.SnapshotSchedulerImpl] (SnapshotPollTask%B Snapshot scheduler is being called at 2023-11-14 01:%n:00 GMT, pool %n`,
	`DEBUG [c.c.s.StatsCollector] (StatsCollector-%n%B StorageCollector is running, pool %n used %N of %N bytes, volume stats of host %o: {"%u":{"bytesSent":%N,"bytesReceived":%N,"ioRead":%N,"ioWrite":%N}}`,
)

// warnings and mistakes stand in healthy logs too.
var (
	warnings = parseAll(
		`WARN  [c.c.a.AlertManagerImpl] (CapacityChecker%B AlertType:: 1 | dataCenterId:: 1 | podId:: 1 | clusterId:: null | message:: Allocated CPU of cluster %n has passed its notification mark`,
		`WARN  [o.a.c.f.j.i.AsyncJobMonitor] (Timer-1%B Queue %N holds %n tasks that have waited for more than a minute`,
		`WARN  [c.c.s.StatsCollector] (StatsCollector-%n%B Statistics of VM i-2-%N-VM are older than the interval, host %o`,
		`WARN  [c.c.n.NetworkUsageManagerImpl] (NetworkUsage-1%B Usage of network %n is kept until the next run`,
	)
	mistakes = parseAll(
		`ERROR [c.c.a.ApiServer] %A unhandled exception executing api command: [Ljava.lang.String;@%x`,
		`ERROR [c.c.s.StatsCollector] (StatsCollector-%n%B Error trying to retrieve host stats of %o`,
	)
	traceHead = parse("java.lang.NullPointerException")
	frames    = parseAll(
		"\tat com.cloud.api.ApiDispatcher.dispatch(ApiDispatcher.java:1%n)",
		"\tat com.cloud.api.ApiServer.queueCommand(ApiServer.java:7%n)",
		"\tat com.cloud.api.ApiServer.handleRequest(ApiServer.java:5%n)",
		"\tat org.apache.cloudstack.managed.context.impl.DefaultManagedContext.callWithContext(DefaultManagedContext.java:1%n)",
		"\tat org.eclipse.jetty.servlet.ServletHolder.handle(ServletHolder.java:8%n)",
		"\tat org.eclipse.jetty.server.handler.HandlerCollection.handle(HandlerCollection.java:1%n)",
		"\tat java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:11%n)",
	)
)
