package parser

import (
	"bytes"

	"diagnose"
)

// powerShellFormat reads the errors that PowerShell prints, Windows PowerShell's and
// PowerShell 7's:
//
//	Get-Item : Cannot find path 'C:\x' because it does not exist.
//	At C:\deploy.ps1:12 char:1
//	    + CategoryInfo          : ObjectNotFound: (C:\x:String) [Get-Item], ItemNotFoundException
//
//	Get-Item: C:\deploy.ps1:12
//	Line |
//	  12 |  Get-Item C:\x
var powerShellFormat = Format{
	Name:    "powershell",
	Absorbs: true,
	Head:    powerShellHead,
	First:   firstLetters,
	Finish:  levelFinish,
	Marks:   []string{"+ CategoryInfo", "FullyQualifiedErrorId"},
}

// powerShellVerbs are the approved verbs of commands that scripts run. Set-Cookie
// and its like are headers of HTTP, which have no blank before the colon.
var powerShellVerbs = newStarts("Get-", "Set-", "New-", "Remove-", "Invoke-", "Start-", "Stop-", "Restart-", "Copy-", "Move-", "Import-", "Export-",
	"Test-", "Write-", "Add-", "Enter-", "Install-", "Uninstall-", "Update-", "Expand-", "Compress-", "Connect-", "Rename-", "Register-",
	"Enable-", "Disable-", "Wait-", "ConvertFrom-", "ConvertTo-", "Select-", "Out-", "Clear-", "Join-", "Resolve-", "Receive-", "Publish-")

// maxCommand bounds the name of a command or script.
const maxCommand = 160

func powerShellHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 12 || line[0]|0x20-'a' > 25 {
		return -1
	}
	near := line[:min(len(line), maxCommand)]
	if !powerShellVerbs.match(line) && !contains(near, ".ps1") || hasPrefix(line, aptStart) {
		return -1
	}
	at := bytes.Index(near, []byte(" : "))
	named := at > 3 && bytes.IndexByte(near[:at], ' ') < 0 && isPowerShell(near[:at])
	if !named {
		at = bytes.Index(near, []byte(": "))
		named = at > 5 && bytes.IndexByte(near[:at], ' ') < 0 && isPowerShell(near[:at]) && !hasPrefix(line, "Set-Cookie")
	}
	if !named {
		return -1
	}
	if e != nil {
		e.Level, e.Process = diagnose.LevelError, string(near[:at])
	}
	return 0
}

// isPowerShellCode reports whether text behind a plus is what Windows PowerShell prints
// below an error, the statement and the error's category, and no command that a shell
// traces. A statement that runs a program looks as in a shell.
func isPowerShellCode(text []byte) bool {
	if hasPrefix(text, "CategoryInfo ") || hasPrefix(text, "FullyQualifiedErrorId ") || hasPrefix(text, "PSComputerName ") ||
		hasPrefix(text, "throw ") || hasPrefix(text, ".\\") {
		return true
	}
	if text[0] == '[' {
		return len(text) > 1 && text[1]|0x20-'a' < 26
	}
	return isPowerShell(text[:wordEnd(text, 0)])
}

// isPowerShell reports whether name is a script, or a command: a verb and a noun
// that begins in a capital.
func isPowerShell(name []byte) bool {
	if bytes.HasSuffix(name, []byte(".ps1")) {
		return true
	}
	dash := bytes.IndexByte(name, '-')
	if dash < 0 || dash+2 >= len(name) || name[dash+1]-'A' > 25 || !powerShellVerbs.match(name) {
		return false
	}
	return letters(name, dash+1) == len(name)
}
