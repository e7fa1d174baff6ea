; The installer for Windows, for Inno Setup 6.3 or newer: packaging/installers.py runs it.
;
;   iscc /DVersion=0.1.0 /DPublisher=… /DSource=dist\unblur /DTarget=dist /DTypes=… unblur.iss
;
; Types is made from the table of formats. /Ssign=… and /DSigned sign programs and installer.
; Installs for this person without asking for rights, or for everyone if started so.

#ifndef Version
  #error Say which version: /DVersion=0.1.0
#endif

[Setup]
AppId={{6F0C6B44-3C1D-4E55-9B57-1F3D0F6A52C7}
AppName=Unblur
AppVersion={#Version}
AppPublisher={#Publisher}
DefaultDirName={autopf}\Unblur
DisableProgramGroupPage=yes
DefaultGroupName=Unblur
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
ChangesAssociations=yes
ChangesEnvironment=yes
LicenseFile=..\..\LICENSE
SetupIconFile=unblur.ico
UninstallDisplayIcon={app}\unblur.exe
WizardStyle=modern
Compression=lzma2/max
SolidCompression=yes
OutputDir={#Target}
OutputBaseFilename=Unblur-{#Version}-setup
#ifdef Signed
SignTool=sign
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "Let terminals find the command unblur-cli"; Flags: unchecked

[InstallDelete]
; Libraries of an older version would be loaded beside those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
#ifdef Signed
Source: "{#Source}\*.exe"; DestDir: "{app}"; Flags: ignoreversion sign
#else
Source: "{#Source}\*.exe"; DestDir: "{app}"; Flags: ignoreversion
#endif
Source: "{#Source}\_internal\*"; DestDir: "{app}\_internal"; Flags: ignoreversion recursesubdirs

[Icons]
Name: "{group}\Unblur"; Filename: "{app}\unblur.exe"
Name: "{autodesktop}\Unblur"; Filename: "{app}\unblur.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\Unblur.Photo"; ValueType: string; ValueData: "Photo"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Unblur.Photo\shell\open\command"; ValueType: string; ValueData: """{app}\unblur.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\unblur.exe"; ValueName: "FriendlyAppName"; ValueType: string; ValueData: "Unblur"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\unblur.exe\shell\open\command"; ValueType: string; ValueData: """{app}\unblur.exe"" ""%1"""
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\unblur.exe"; ValueType: string; ValueData: "{app}\unblur.exe"; Flags: uninsdeletekey
; Removing takes the folder out of the person's path again, see below.
Root: HKCU; Subkey: "Environment"; ValueName: "Path"; ValueType: expandsz; ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotInPath
#include Types

[Run]
Filename: "{app}\unblur.exe"; Description: "{cm:LaunchProgram,Unblur}"; Flags: nowait postinstall skipifsilent

[Code]
function Folders: String;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Result) then
    Result := '';
end;

function IsNotInPath: Boolean;
begin
  Result := Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(Folders) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  All, Ours: String;
begin
  if (Step = usUninstall) and not IsNotInPath then
  begin
    All := ';' + Folders + ';';
    Ours := ';' + ExpandConstant('{app}') + ';';
    StringChangeEx(All, Ours, ';', True);
    RegWriteExpandStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Copy(All, 2, Length(All) - 2));
  end;
end;
