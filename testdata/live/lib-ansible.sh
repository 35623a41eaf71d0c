# Functions for the live scripts about Ansible. Sourced after lib.sh. Bash.

# Ansible wants a UTF-8 locale, and nothing of the machine's own configuration.
export LC_ALL=C.UTF-8 ANSIBLE_CONFIG=$LIVE_RUN/ansible.cfg ANSIBLE_HOME=$LIVE_RUN/ansible ANSIBLE_LOCAL_TEMP=$LIVE_RUN/ansible/tmp
export ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_HOST_KEY_CHECKING=True ANSIBLE_TIMEOUT=2
unset ANSIBLE_FORCE_COLOR ANSIBLE_STDOUT_CALLBACK
# The first python3 on the path may belong to root alone.
ANSIBLE_TARGET_PYTHON=/usr/bin/python3
[ -x $ANSIBLE_TARGET_PYTHON ] || ANSIBLE_TARGET_PYTHON=$(command -v python3)
printf '[defaults]\ninterpreter_python = %s\n' "$ANSIBLE_TARGET_PYTHON" >"$ANSIBLE_CONFIG"

# Each connection is its own, unless a script says otherwise: a master left by one would hide what is wrong with the next.
ANSIBLE_SSH_COMMON=(-F none -o ControlMaster=no -o ControlPath=none -o IdentitiesOnly=yes -o "GlobalKnownHostsFile=none")

# inventory NAME USER [VAR=VALUE]...: an inventory of one host that is the sshd started last. Variables given here win.
inventory() {
	local name=$1 user=$2; shift 2
	cat >inventory.ini <<-INI
		[web]
		$name ansible_host=127.0.0.1 ansible_port=$SSH_PORT ansible_user=$user ansible_ssh_private_key_file=$SSH_KEY $*
		[web:vars]
		ansible_ssh_common_args='${ANSIBLE_SSH_COMMON[*]} -o UserKnownHostsFile=${KNOWN_HOSTS-$LIVE_RUN/known_hosts}'
	INI
}

# local_inventory NAME [VAR=VALUE]...: an inventory of one host that is this machine, without ssh.
local_inventory() {
	local name=$1; shift
	printf '[web]\n%s ansible_connection=local %s\n' "$name" "$*" >inventory.ini
}

# play [OPTION]...: runs the tasks given on standard input against the inventory and shows what a terminal would.
play() {
	{
		printf -- '- name: Deploy the application\n  hosts: %s\n  gather_facts: %s\n  tasks:\n' "${PLAY_HOSTS-web}" "${PLAY_FACTS-no}"
		sed 's/^/    /'
	} >deploy.yml
	show ansible-playbook -i inventory.ini deploy.yml "$@"
}
